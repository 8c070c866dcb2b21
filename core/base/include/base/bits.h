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

/*@ // r is the number of the highest set bit of x.
  @ predicate bits_top(integer x, integer r) = 0 <= r < 32 &&
  @   (r >= 1 <==> x >= 0x2) && (r >= 2 <==> x >= 0x4) && (r >= 3 <==> x >= 0x8) && (r >= 4 <==> x >= 0x10) &&
  @   (r >= 5 <==> x >= 0x20) && (r >= 6 <==> x >= 0x40) && (r >= 7 <==> x >= 0x80) && (r >= 8 <==> x >= 0x100) &&
  @   (r >= 9 <==> x >= 0x200) && (r >= 10 <==> x >= 0x400) && (r >= 11 <==> x >= 0x800) && (r >= 12 <==> x >= 0x1000) &&
  @   (r >= 13 <==> x >= 0x2000) && (r >= 14 <==> x >= 0x4000) && (r >= 15 <==> x >= 0x8000) &&
  @   (r >= 16 <==> x >= 0x10000) && (r >= 17 <==> x >= 0x20000) && (r >= 18 <==> x >= 0x40000) &&
  @   (r >= 19 <==> x >= 0x80000) && (r >= 20 <==> x >= 0x100000) && (r >= 21 <==> x >= 0x200000) &&
  @   (r >= 22 <==> x >= 0x400000) && (r >= 23 <==> x >= 0x800000) && (r >= 24 <==> x >= 0x1000000) &&
  @   (r >= 25 <==> x >= 0x2000000) && (r >= 26 <==> x >= 0x4000000) && (r >= 27 <==> x >= 0x8000000) &&
  @   (r >= 28 <==> x >= 0x10000000) && (r >= 29 <==> x >= 0x20000000) && (r >= 30 <==> x >= 0x40000000) &&
  @   (r >= 31 <==> x >= 0x80000000);
  @*/

/** Number of the highest set bit, 0-31. `x` is not 0. */
/*@ requires x != 0;
  @ assigns \nothing;
  @ ensures bits_top(x, \result);
  @*/
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
