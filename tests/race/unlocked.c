/* SPDX-License-Identifier: MIT */
/*
 * Planted for tests/race/unlocked.sh: one guarded counter, touched without its lock, left locked on one path, or (with no
 * macro defined) handled as it should be. Only ever compiled.
 */
#include "unlocked.h"

static void add_locked(struct counter *c, uint32_t n) REQUIRES_LOCK(counter_role)
{
    c->value += n;
}

uint32_t counter_add(struct counter *c, uint32_t n)
{
    uint32_t value;

#ifdef PLANT_NO_LOCK
    c->value++;
#endif
#ifdef PLANT_CALL_WITHOUT_LOCK
    add_locked(c, n);
#endif
    counter_lock(c);
    add_locked(c, n);
    value = c->value;
#ifdef PLANT_MISSING_UNLOCK
    if (value == 0)
        return 0;
#endif
    counter_unlock(c);
    return value;
}
