/* SPDX-License-Identifier: MIT */
/* NUL-terminated strings. Pure; any context. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/** Bytes before the NUL. */
size_t str_len(const char *s);
/** Same bytes, same length. */
bool str_eq(const char *a, const char *b);
/** Same first `n` bytes, or equal and shorter than that. */
bool str_eq_n(const char *a, const char *b, size_t n);
/** `s` begins with `prefix` (every string begins with the empty one). */
bool str_starts(const char *s, const char *prefix);
/**
 * Copy `src` into `dst` of `size` bytes, cutting it off if it does not fit; always terminates unless `size` is 0.
 * Returns the length copied: shorter than str_len(src) means it was cut.
 */
size_t str_copy(char *dst, size_t size, const char *src);
