/* SPDX-License-Identifier: MIT */
/* Seeded numbers for property tests: the same sequence everywhere, so that a failure can be had again. */
#pragma once
#include <stdint.h>

struct test_random {
    uint64_t state; /* the seed; not 0 */
};

/** The next 64 bits (xorshift64*). */
static inline uint64_t test_random_next(struct test_random *random)
{
    random->state ^= random->state >> 12;
    random->state ^= random->state << 25;
    random->state ^= random->state >> 27;
    return random->state * UINT64_C(0x2545F4914F6CDD1D);
}

/** A number in [0, n). */
static inline uint32_t test_random_below(struct test_random *random, uint32_t n)
{
    return (uint32_t)((test_random_next(random) >> 32) % n);
}
