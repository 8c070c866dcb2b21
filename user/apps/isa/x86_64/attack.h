/* SPDX-License-Identifier: MIT */
/* Instructions that a static task may not use, on x86_64. */
#pragma once
#include <abi/types.h>

/** The code of a function that returns at once. */
#define ATTACK_RETURN_CODE {0xC3}

static inline void attack_privileged(void)
{
    __asm__ volatile("cli");
}

static inline void attack_float(void)
{
    __asm__ volatile("addsd %xmm0, %xmm0");
}

static inline uint64_t attack_counter(void)
{
    uint64_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return low | high << 32;
}
