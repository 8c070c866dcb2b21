/* SPDX-License-Identifier: MIT */
#include "shared.h"

#include <sync/spinlock.h>

static struct {
    struct spinlock lock;
    uint64_t count; /* [lock], but shared_count() forgets it */
} state = {.lock = SPINLOCK_INIT("planted", LOCK_RANK_SCHED)};

void shared_count(void)
{
    state.count++;
}

void shared_count_locked(void)
{
    spin_lock(&state.lock);
    state.count++;
    spin_unlock(&state.lock);
}

uint64_t shared_total(void)
{
    return state.count;
}
