/* SPDX-License-Identifier: MIT */
/* The machine's registers by the numbers that debugging information gives them. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define DWARF_REGISTERS_MAX 33u

struct dwarf_isa {
    const int16_t *offsets; /* in struct trap_frame; -1: always 0 */
    uint32_t count;
    bool separate_pc;       /* the program counter has no number */
};

extern const struct dwarf_isa dwarf_isa;
