/* SPDX-License-Identifier: MIT */
/* Instructions that a static task may not use, on AArch64. */
#pragma once
#include <abi/types.h>

/** The code of a function that returns at once. */
#define ATTACK_RETURN_CODE {0xC0, 0x03, 0x5F, 0xD6}

static inline void attack_privileged(void)
{
    __asm__ volatile("msr daifset, #2");
}

static inline void attack_float(void)
{
    __asm__ volatile(".arch_extension fp\n\tfadd d0, d0, d0");
}

static inline uint64_t attack_counter(void)
{
    uint64_t value;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(value));
    return value;
}
