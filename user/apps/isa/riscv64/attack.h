/* SPDX-License-Identifier: MIT */
/* Instructions that a static task may not use, on RISC-V. */
#pragma once
#include <abi/types.h>

/** The code of a function that returns at once. */
#define ATTACK_RETURN_CODE {0x67, 0x80, 0x00, 0x00}

static inline void attack_privileged(void)
{
    __asm__ volatile(".option push\n\t.option arch, +zicsr\n\tcsrci sstatus, 2\n\t.option pop");
}

static inline void attack_float(void)
{
    __asm__ volatile(".option push\n\t.option arch, +d\n\tfadd.d fa0, fa0, fa0\n\t.option pop");
}

static inline uint64_t attack_counter(void)
{
    uint64_t value;
    __asm__ volatile(".option push\n\t.option arch, +zicsr\n\trdcycle %0\n\t.option pop" : "=r"(value));
    return value;
}
