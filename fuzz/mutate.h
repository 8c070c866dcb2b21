/* SPDX-License-Identifier: MIT */
/*
 * Structured mutators: libFuzzer's own changes of bytes rarely get past a magic number, a checksum or a length. These change
 * a file of a format the way a careless or hostile writer of that format would.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

/** libFuzzer's own mutation. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
/** libFuzzer's hook: mutate `data` in place; the new size, at most `max_size`. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

/** A number below `below` (not 0) from the seed, which moves on. */
static inline uint32_t mutate_pick(unsigned *seed, uint32_t below)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % below;
}
