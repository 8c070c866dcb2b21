/* SPDX-License-Identifier: MIT */
/* A counter with its lock, for the mistakes of unlocked.c. Nothing of it is ever linked. */
#pragma once
#include <sync/spinlock.h>

extern struct lock_role counter_role;

struct counter {
    struct spinlock lock;
    uint32_t value GUARDED_BY(counter_role); /* [lock] */
};

void counter_lock(struct counter *c) TAKES_LOCK(counter_role);
void counter_unlock(struct counter *c) RELEASES_LOCK(counter_role);
/** Add `n` under the lock; the new value. */
uint32_t counter_add(struct counter *c, uint32_t n);
