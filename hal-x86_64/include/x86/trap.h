/* SPDX-License-Identifier: MIT */
#pragma once
#include <arch/context.h>

/** Numbers of exceptions. */
enum x86_exception {
    X86_DE = 0,
    X86_DB = 1,
    X86_NMI = 2,
    X86_BP = 3,
    X86_UD = 6,
    X86_NM = 7,
    X86_DF = 8,
    X86_GP = 13,
    X86_PF = 14,
    X86_AC = 17,
    X86_MC = 18,
};

/**
 * Say why user mode stopped, from its frame; moves the program counter back onto a breakpoint. `fault_address`: CR2.
 */
void trap_decode(struct trap_frame *frame, vaddr_t fault_address, struct arch_trap *trap);
/** The program counter of the frame is no address at all: no CPU could fetch there. */
bool trap_is_canonical(vaddr_t va);
