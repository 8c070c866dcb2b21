/* SPDX-License-Identifier: MIT */
#include <stddef.h>

#include "registers.h"

#define X(n, name) {name, "int", 8, offsetof(struct trap_frame, x) + 8 * (n - 1)}
static const struct gdb_register registers[] = {
    {"zero", "int", 8, GDB_REGISTER_ZERO}, X(1, "ra"), {"sp", "data_ptr", 8, offsetof(struct trap_frame, x) + 8}, X(3, "gp"),
    X(4, "tp"), X(5, "t0"), X(6, "t1"), X(7, "t2"), {"fp", "data_ptr", 8, offsetof(struct trap_frame, x) + 56}, X(9, "s1"),
    X(10, "a0"), X(11, "a1"), X(12, "a2"), X(13, "a3"), X(14, "a4"), X(15, "a5"), X(16, "a6"), X(17, "a7"), X(18, "s2"),
    X(19, "s3"), X(20, "s4"), X(21, "s5"), X(22, "s6"), X(23, "s7"), X(24, "s8"), X(25, "s9"), X(26, "s10"), X(27, "s11"),
    X(28, "t3"), X(29, "t4"), X(30, "t5"), X(31, "t6"), {"pc", "code_ptr", 8, offsetof(struct trap_frame, sepc)},
};

const struct gdb_isa gdb_isa = {.architecture = "riscv:rv64", .feature = "org.gnu.gdb.riscv.cpu", .registers = registers,
    .count = sizeof registers / sizeof *registers};
