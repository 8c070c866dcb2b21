/* SPDX-License-Identifier: MIT */
/* What the two frame allocators share: one of them is linked, by profile. */
#pragma once
#include <sync/spinlock.h>

extern struct lock_role frames_role; /* [lock] of their state, to the compiler */
