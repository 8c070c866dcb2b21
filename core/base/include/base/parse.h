/* SPDX-License-Identifier: MIT */
/* Numbers in text. Pure; any context. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/**
 * Read an unsigned number at *p, decimal or with 0x hexadecimal, and move *p behind its last digit. False, and nothing
 * changed, if there is no digit or the value does not fit 64 bits.
 */
bool parse_u64(const char **p, uint64_t *out);
