/* SPDX-License-Identifier: MIT */
/* What an ISA tells gdb about its registers. */
#pragma once
#include "gdb_priv.h"

#define GDB_REGISTER_ABSENT (-1) /* gdb wants it, static tasks have none */
#define GDB_REGISTER_ZERO (-2)   /* always 0 */

struct gdb_register {
    const char *name, *type;
    uint8_t bytes;
    int16_t offset; /* in struct trap_frame, or one of the above */
};

struct gdb_isa {
    const char *architecture, *feature;
    const struct gdb_register *registers; /* in the order of gdb's numbers */
    uint32_t count;
};

extern const struct gdb_isa gdb_isa;
