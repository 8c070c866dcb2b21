/* SPDX-License-Identifier: MIT */
/* splitmix64: tiny, and good enough to shake a schedule. */
#include <sim/rng.h>

void rng_init(struct rng *rng, uint64_t seed, enum rng_stream stream)
{
    rng->state = seed * 0x9E3779B97F4A7C15u + ((uint64_t)stream << 56);
    (void)rng_next(rng);
}

uint64_t rng_next(struct rng *rng)
{
    uint64_t z = rng->state += 0x9E3779B97F4A7C15u;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

/* The bias of the remainder is below 2^-32 for the small bounds used here. */
uint64_t rng_below(struct rng *rng, uint64_t bound)
{
    return rng_next(rng) % bound;
}
