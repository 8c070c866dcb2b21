/* SPDX-License-Identifier: MIT */
/* The four functions that a freestanding compiler may call; as the C standard says. */
#pragma once
#include <abi/types.h>

void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int value, size_t n);
int memcmp(const void *a, const void *b, size_t n);
