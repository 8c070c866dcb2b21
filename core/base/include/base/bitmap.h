/* SPDX-License-Identifier: MIT */
/* Sets of small numbers as bits of an array of 64-bit words. The caller knows the number of bits and serialises. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/** Words that hold `bits` bits. */
#define BITMAP_WORDS(bits) (((bits) + 63u) / 64u)

/** Put `bit` in. */
void bitmap_set(uint64_t *map, uint32_t bit);
/** Take `bit` out. */
void bitmap_clear(uint64_t *map, uint32_t bit);
/** Is `bit` in? */
bool bitmap_test(const uint64_t *map, uint32_t bit);
/** The first number in [from, bits) that is not in, through `out`; false if there is none. No wrap-around. */
bool bitmap_find_clear(const uint64_t *map, uint32_t bits, uint32_t from, uint32_t *out);
/** How many numbers below `bits` are in. */
uint32_t bitmap_count(const uint64_t *map, uint32_t bits);
