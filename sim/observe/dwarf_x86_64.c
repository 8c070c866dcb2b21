/* SPDX-License-Identifier: MIT */
#include <stddef.h>

#include <isa/frame.h>

#include "dwarf_registers.h"

#define AT(field) offsetof(struct trap_frame, field)
static const int16_t offsets[] = {AT(rax), AT(rdx), AT(rcx), AT(rbx), AT(rsi), AT(rdi), AT(rbp), AT(rsp), AT(r8), AT(r9), AT(r10),
    AT(r11), AT(r12), AT(r13), AT(r14), AT(r15), AT(rip)};

const struct dwarf_isa dwarf_isa = {.offsets = offsets, .count = sizeof offsets / sizeof *offsets};
