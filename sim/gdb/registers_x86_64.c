/* SPDX-License-Identifier: MIT */
/* gdb insists on segment and x87 registers; static tasks have no x87 state. */
#include <stddef.h>

#include "registers.h"

#define R(name, type) {#name, type, 8, offsetof(struct trap_frame, name)}
#define NONE(name, type, bytes) {name, type, bytes, GDB_REGISTER_ABSENT}
static const struct gdb_register registers[] = {
    R(rax, "int64"), R(rbx, "int64"), R(rcx, "int64"), R(rdx, "int64"), R(rsi, "int64"), R(rdi, "int64"), R(rbp, "data_ptr"),
    R(rsp, "data_ptr"), R(r8, "int64"), R(r9, "int64"), R(r10, "int64"), R(r11, "int64"), R(r12, "int64"), R(r13, "int64"),
    R(r14, "int64"), R(r15, "int64"), R(rip, "code_ptr"),
    {"eflags", "int32", 4, offsetof(struct trap_frame, rflags)}, {"cs", "int32", 4, offsetof(struct trap_frame, cs)},
    {"ss", "int32", 4, offsetof(struct trap_frame, ss)}, NONE("ds", "int32", 4), NONE("es", "int32", 4), NONE("fs", "int32", 4),
    NONE("gs", "int32", 4), NONE("st0", "i387_ext", 10), NONE("st1", "i387_ext", 10), NONE("st2", "i387_ext", 10),
    NONE("st3", "i387_ext", 10), NONE("st4", "i387_ext", 10), NONE("st5", "i387_ext", 10), NONE("st6", "i387_ext", 10),
    NONE("st7", "i387_ext", 10), NONE("fctrl", "int", 4), NONE("fstat", "int", 4), NONE("ftag", "int", 4), NONE("fiseg", "int", 4),
    NONE("fioff", "int", 4), NONE("foseg", "int", 4), NONE("fooff", "int", 4), NONE("fop", "int", 4),
};

const struct gdb_isa gdb_isa = {.architecture = "i386:x86-64", .feature = "org.gnu.gdb.i386.core", .registers = registers,
    .count = sizeof registers / sizeof *registers};
