/* SPDX-License-Identifier: MIT */
#include "facts.h"

/* x1 is first in the frame. */
static const struct isa_fact_register registers[] = {
    {"ra", 0},   {"sp", 8},   {"gp", 16},  {"tp", 24},  {"t0", 32},   {"t1", 40},   {"t2", 48},
    {"s0", 56},  {"s1", 64},  {"a0", 72},  {"a1", 80},  {"a2", 88},   {"a3", 96},   {"a4", 104},
    {"a5", 112}, {"a6", 120}, {"a7", 128}, {"s2", 136}, {"s3", 144},  {"s4", 152},  {"s5", 160},
    {"s6", 168}, {"s7", 176}, {"s8", 184}, {"s9", 192}, {"s10", 200}, {"s11", 208}, {"t3", 216},
    {"t4", 224}, {"t5", 232}, {"t6", 240}, {"pc", 248}, {NULL, 0},
};

const struct isa_facts isa_facts = {
    .name = "riscv64",
    .elf_machine = 243,
    .registers = registers,
    .number = "a7",
    .target = "a6",
    .payload = {"a0", "a1", "a2", "a3"},
    .pc = "pc",
    .sp = "sp",
};
