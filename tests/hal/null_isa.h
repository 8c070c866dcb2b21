/* SPDX-License-Identifier: MIT */
/*
 * A byte code that stands for an instruction set on hal-null, so that user code is bytes in memory there as well:
 * fetched through the page tables of the space, a byte an instruction (NULL_BACK has an operand).
 */
#pragma once
#include <arch/context.h>

enum {
    NULL_NOP = 1,
    NULL_SYSCALL,
    NULL_BACK,          /* operand: go back as many bytes from here; 0 is an endless loop */
    NULL_LOAD,          /* w2 = byte at w1 */
    NULL_STORE,         /* byte at w1 = w2 */
    NULL_JUMP,          /* to w1 */
    NULL_SET_CALL,      /* number 5, target 2, words 0x11 0x22 0x33 0x44 */
    NULL_SET_REGISTERS, /* 0x1000 and up */
    NULL_PRIVILEGED,
    NULL_BREAKPOINT,
    NULL_FP,
    NULL_COUNTER,
    NULL_DIVIDE,
    NULL_PORT_READ,     /* w0 = port 0x3FD */
};

/** Execute one instruction: the step function of the suite's programs. */
bool null_isa_step(struct arch_user *user, struct arch_trap *trap);
