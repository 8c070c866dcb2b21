/* SPDX-License-Identifier: MIT */
/* What all fuzz targets share: their entry point, the assertion of their oracles, and a reader of input bytes. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <support/fuzz.h>

/** What must hold for every input, as a sentence; where it does not, the process ends and the fuzzer keeps the input. */
#define REQUIRE(cond, sentence)                                                                                        \
    do {                                                                                                               \
        if (!(cond))                                                                                                   \
            fuzz_fail(__FILE__, __LINE__, sentence);                                                                   \
    } while (0)

static inline __attribute__((noreturn)) void fuzz_fail(const char *file, int line, const char *sentence)
{
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, sentence);
    abort();
}

/** Input bytes, in order; behind the end there are zeros. */
struct bytes {
    const uint8_t *at, *end;
};

static inline uint8_t bytes_next(struct bytes *bytes)
{
    return bytes->at < bytes->end ? *bytes->at++ : 0;
}

static inline uint64_t bytes_u64(struct bytes *bytes)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < 8; i++)
        value |= (uint64_t)bytes_next(bytes) << 8 * i;
    return value;
}
