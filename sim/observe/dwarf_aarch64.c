/* SPDX-License-Identifier: MIT */
#include <stddef.h>

#include <isa/frame.h>

#include "dwarf_registers.h"

#define X(n) offsetof(struct trap_frame, x) + 8 * n
static const int16_t offsets[] = {X(0), X(1), X(2), X(3), X(4), X(5), X(6), X(7), X(8), X(9), X(10), X(11), X(12), X(13), X(14),
    X(15), X(16), X(17), X(18), X(19), X(20), X(21), X(22), X(23), X(24), X(25), X(26), X(27), X(28), X(29), X(30),
    offsetof(struct trap_frame, sp_el0)};

const struct dwarf_isa dwarf_isa = {.offsets = offsets, .count = sizeof offsets / sizeof *offsets, .separate_pc = true};
