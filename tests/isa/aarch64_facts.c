/* SPDX-License-Identifier: MIT */
#include "facts.h"

#define X(n)                                                                                                           \
    {                                                                                                                  \
        "x" #n, (n)*8                                                                                                  \
    }

static const struct isa_fact_register registers[] = {
    X(0),        X(1),
    X(2),        X(3),
    X(4),        X(5),
    X(6),        X(7),
    X(8),        X(9),
    X(10),       X(11),
    X(12),       X(13),
    X(14),       X(15),
    X(16),       X(17),
    X(18),       X(19),
    X(20),       X(21),
    X(22),       X(23),
    X(24),       X(25),
    X(26),       X(27),
    X(28),       X(29),
    X(30),       {"sp", 248},
    {"pc", 256}, {"pstate", 264},
    {NULL, 0},
};

const struct isa_facts isa_facts = {
    .name = "aarch64",
    .elf_machine = 183,
    .registers = registers,
    .number = "x7",
    .target = "x6",
    .payload = {"x0", "x1", "x2", "x3"},
    .pc = "pc",
    .sp = "sp",
};
