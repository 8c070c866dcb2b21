/* SPDX-License-Identifier: MIT */
/*
 * The kernel command line: words separated by spaces, each a key or key=value. If a key occurs more than once, the last
 * one counts. Pure; any context.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/**
 * Copy the value of `key` into `out` of `size` bytes (at least 1), terminated; a key without '=' has the empty value.
 * False if the key is absent or its value does not fit; then `out` is the empty string.
 */
bool cmdline_get(const char *line, const char *key, char *out, size_t size);
/** Is `key` there, with or without a value? */
bool cmdline_has(const char *line, const char *key);
