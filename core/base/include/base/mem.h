/* SPDX-License-Identifier: MIT */
/* The four memory functions that compilers call by themselves. Whoever links the kernel provides them. */
#pragma once
#include <stddef.h>

/** Copy `n` bytes between areas that do not overlap; returns `dst`. Any context. */
void *memcpy(void *restrict dst, const void *restrict src, size_t n);
/** Copy `n` bytes between areas that may overlap; returns `dst`. Any context. */
void *memmove(void *dst, const void *src, size_t n);
/** Set `n` bytes to the low 8 bits of `c`; returns `dst`. Any context. */
void *memset(void *dst, int c, size_t n);
/** Compare `n` bytes as unsigned: negative, 0 or positive. Any context. */
int memcmp(const void *a, const void *b, size_t n);
