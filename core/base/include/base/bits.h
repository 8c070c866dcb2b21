/* SPDX-License-Identifier: MIT */
/* Bit counting without compiler builtins: some targets turn those into library calls that a kernel does not have. */
#pragma once
#include <stdint.h>

/** Number of the lowest set bit, 0-31. `x` is not 0. */
static inline uint32_t bits_lowest(uint32_t x)
{
    uint32_t n = 0;

    if (x % 0x10000u == 0) {
        n += 16;
        x /= 0x10000u;
    }
    if (x % 0x100u == 0) {
        n += 8;
        x /= 0x100u;
    }
    if (x % 0x10u == 0) {
        n += 4;
        x /= 0x10u;
    }
    if (x % 4u == 0) {
        n += 2;
        x /= 4u;
    }
    return n + (x % 2u == 0 ? 1u : 0u);
}

/** Number of the highest set bit, 0-31. `x` is not 0. */
static inline uint32_t bits_highest(uint32_t x)
{
    uint32_t n = 0;

    if (x >= 0x10000u) {
        n += 16;
        x /= 0x10000u;
    }
    if (x >= 0x100u) {
        n += 8;
        x /= 0x100u;
    }
    if (x >= 0x10u) {
        n += 4;
        x /= 0x10u;
    }
    if (x >= 4u) {
        n += 2;
        x /= 4u;
    }
    return n + (x >= 2u ? 1u : 0u);
}

/** How many bits of `x` are set. */
static inline uint32_t bits_count(uint32_t x)
{
    x = x - (x / 2u & 0x55555555u);
    x = (x & 0x33333333u) + (x / 4u & 0x33333333u);
    x = (x + x / 16u) & 0x0F0F0F0Fu;
    return x * 0x01010101u / 0x1000000u;
}
