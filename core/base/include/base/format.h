/* SPDX-License-Identifier: MIT */
/*
 * Text formatting without a heap, a locale or floating point.
 * Conversions: %% %c %s %d %i %u %x %X %p, with flags '-' and '0', a width or '*', a precision for %s ('.N', '.*'),
 * and the lengths l, ll and z. %p prints 0x and 16 hex digits; a NULL %s prints (null). What is no conversion is copied
 * as it stands.
 */
#pragma once
#include <stdarg.h>
#include <stddef.h>

#include <base/compiler.h>

/**
 * Format into `buf` of `size` bytes, cutting the text off if it does not fit; always terminates unless `size` is 0.
 * Returns the length written, without the NUL. Any context; never blocks.
 */
size_t format(char *buf, size_t size, const char *fmt, ...) PRINTF_LIKE(3, 4);
/** The same with the arguments in `args`, which is consumed. */
size_t format_v(char *buf, size_t size, const char *fmt, va_list args) PRINTF_LIKE(3, 0);
