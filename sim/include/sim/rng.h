/* SPDX-License-Identifier: MIT */
/* Random streams of the machine: one seed, several independent streams, the same numbers on every host. */
#pragma once
#include <stdint.h>

struct rng {
    uint64_t state;
};

/** What draws numbers, so that one reader more or less does not shift the others. */
enum rng_stream { RNG_SCHEDULE, RNG_INTERRUPT, RNG_TICK, RNG_GUEST, RNG_FAULT, RNG_STREAM_COUNT };

void rng_init(struct rng *rng, uint64_t seed, enum rng_stream stream);
/** The next 64 bits. */
uint64_t rng_next(struct rng *rng);
/** A number below `bound` (at least 1). */
uint64_t rng_below(struct rng *rng, uint64_t bound);
