/* SPDX-License-Identifier: MIT */
/* What the two CPUs share; compiled as kernel code is, so that the ThreadSanitizer watches it. */
#pragma once
#include <abi/types.h>

void shared_count(void);
void shared_count_locked(void);
uint64_t shared_total(void);
