/* SPDX-License-Identifier: MIT */
/* Event counts of the whole kernel, for the summary and for tests. Never read to decide anything. */
#pragma once
#include <abi/types.h>

struct counters {
    uint64_t switches;   /* thread switches */
    uint64_t calls;      /* system calls */
    uint64_t denied;     /* calls refused by the mask */
    uint64_t faults;     /* task faults, watchdog included */
    uint64_t restarts;   /* tasks restarted */
    uint64_t exits;      /* tasks exited */
    uint64_t interrupts; /* handlers run by core */
    uint64_t messages;   /* messages delivered between tasks */
};

/** The one instance. Update with arch_counter_add(), read with counter_read(). */
struct counters *counters_get(void);

static inline uint64_t counter_read(const uint64_t *counter)
{
    return __atomic_load_n(counter, __ATOMIC_RELAXED);
}
