/* SPDX-License-Identifier: MIT */
/*
 * A fast 64-bit hash of state, the same value on every compiler, byte order and build. Not for adversaries.
 * What is hashed is a sequence of items: two calls of hash_bytes() differ from one call over the joined bytes.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct hash {
    uint64_t h[2];
};

/** Start a hash; different seeds give unrelated values. */
void hash_init(struct hash *hash, uint64_t seed);
/** Add one number. */
void hash_u64(struct hash *hash, uint64_t v);
/** Add one string of `n` bytes at any alignment; its length counts too. */
void hash_bytes(struct hash *hash, const void *p, size_t n);
/** The value of everything added so far; more may be added afterwards. */
uint64_t hash_final(const struct hash *hash);
