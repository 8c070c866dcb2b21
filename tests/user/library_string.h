/* SPDX-License-Identifier: MIT */
/* libaegis' memory functions under names that the host's libc does not have. */
#pragma once
#include <stddef.h>

void *aegis_memcpy(void *to, const void *from, size_t n);
void *aegis_memmove(void *to, const void *from, size_t n);
void *aegis_memset(void *to, int value, size_t n);
int aegis_memcmp(const void *a, const void *b, size_t n);
