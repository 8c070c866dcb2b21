/* SPDX-License-Identifier: MIT */
/*
 * What each hal-<isa>/isa/ half offers to the two HALs that use it (bare metal and simulator): pure data formats of the
 * instruction set, no privileged instruction, no state. Core does not include this.
 * <isa/frame.h> defines struct trap_frame, the user registers as the trap entry saves them.
 */
#pragma once
#include <abi/types.h>
#include <arch/context.h>
#include <base/pagetable.h>

#include <isa/frame.h>

/** "aarch64", "riscv64" or "x86_64". */
extern const char isa_name[];
/** e_machine of this ISA's ELF files. */
extern const uint16_t isa_elf_machine;
/** The page-table format (aarch64 and x86_64: 4 levels, riscv64: Sv39). */
extern const struct pt_format isa_pt_format;

/** See the arch_user_* functions of the same names in <arch/context.h>. */
void isa_frame_init(struct trap_frame *frame, vaddr_t entry, vaddr_t sp);
void isa_frame_get_call(const struct trap_frame *frame, struct arch_call *call);
void isa_frame_set_result(struct trap_frame *frame, status_t status, const uint64_t w[4], uint32_t words);
vaddr_t isa_frame_pc(const struct trap_frame *frame);
void isa_frame_set_pc(struct trap_frame *frame, vaddr_t pc);
vaddr_t isa_frame_sp(const struct trap_frame *frame);
/** General registers by position, for reports; false when there are no more. */
bool isa_frame_register(const struct trap_frame *frame, uint32_t i, const char **name, uint64_t *value);
