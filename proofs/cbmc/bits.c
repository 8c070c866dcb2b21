/* SPDX-License-Identifier: MIT */
/* Bit counting, against the compiler's builtins and against counting one by one; bitmaps with a variable index. */
#include "harness.h"

#include "core/base/bitmap.c"

#define BITS 70u /* a full word and a part */

void prove_bits(void)
{
    uint32_t x = nondet_u32();
    uint32_t ones = 0;

    for (uint32_t i = 0; i < 32; i++)
        ones += x >> i & 1u;
    CLAIM(bits_count(x) == ones, "as many as there are");
    CLAIM(bits_count(x) == (uint32_t)__builtin_popcount(x), "the builtin says the same");
    if (x != 0) {
        CLAIM(bits_lowest(x) == (uint32_t)__builtin_ctz(x), "lowest: the builtin says the same");
        CLAIM(bits_highest(x) == 31u - (uint32_t)__builtin_clz(x), "highest: the builtin says the same");
    }
}

void prove_bitmap_update(void)
{
    uint64_t map[BITMAP_WORDS(BITS)];
    uint32_t bit = any_below(BITS), other = any_below(BITS);
    bool before = bitmap_test(map, other), on = nondet_bool();

    if (on)
        bitmap_set(map, bit);
    else
        bitmap_clear(map, bit);
    CLAIM(bitmap_test(map, bit) == on, "the bit is what was asked for");
    CLAIM(other == bit || bitmap_test(map, other) == before, "no other bit changed");
    CLAIM(bitmap_test(map, other) == ((map[other / 64] >> other % 64 & 1) != 0), "bit i is bit i % 64 of word i / 64");
}

void prove_bitmap_find(void)
{
    uint64_t map[BITMAP_WORDS(BITS)];
    uint32_t bits = nondet_u32(), from = nondet_u32(), k = nondet_u32(), found = 0;

    ASSUME(bits <= BITS);
    if (bitmap_find_clear(map, bits, from, &found)) {
        CLAIM(found >= from && found < bits, "in range");
        CLAIM(!bitmap_test(map, found), "not in the set");
        CLAIM(!(k >= from && k < found) || bitmap_test(map, k), "the first such");
    } else {
        CLAIM(!(k >= from && k < bits) || bitmap_test(map, k), "there is none");
    }
}

/* By induction: nothing in an empty range, and one bit more counts for what it is. */
void prove_bitmap_count(void)
{
    uint64_t map[BITMAP_WORDS(BITS)];
    uint32_t bits = any_below(BITS);

    CLAIM(bitmap_count(map, 0) == 0, "nothing below 0");
    CLAIM(bitmap_count(map, bits + 1) == bitmap_count(map, bits) + bitmap_test(map, bits), "a bit counts once");
}
