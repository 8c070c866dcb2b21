/* SPDX-License-Identifier: MIT */
#include "facts.h"

static const struct isa_fact_register registers[] = {
    {"rax", 0},   {"rbx", 8},   {"rcx", 16},  {"rdx", 24},     {"rsi", 32}, {"rdi", 40}, {"rbp", 48},
    {"rsp", 160}, {"r8", 56},   {"r9", 64},   {"r10", 72},     {"r11", 80}, {"r12", 88}, {"r13", 96},
    {"r14", 104}, {"r15", 112}, {"rip", 136}, {"rflags", 152}, {NULL, 0},
};

const struct isa_facts isa_facts = {
    .name = "x86_64",
    .elf_machine = 62,
    .registers = registers,
    .number = "rax",
    .target = "r8",
    .payload = {"rdi", "rsi", "rdx", "r10"},
    .pc = "rip",
    .sp = "rsp",
    .flags = "rflags",
    .call_leaves = {"rcx", "r11"},
};
