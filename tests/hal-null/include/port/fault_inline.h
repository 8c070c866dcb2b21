/* SPDX-License-Identifier: MIT */
/* hal-null: one time of each point may fail. Atomics for the ThreadSanitizer's sake, which takes CPUs for threads. */
#pragma once
#include <port/state.h>

_Static_assert(FAULT_POINT_COUNT <= NULL_FAULT_POINTS, "every point has its counters");

static inline bool arch_fault(enum fault_point point)
{
    uint32_t seen = __atomic_add_fetch(&null_port.fault_seen[point], 1, __ATOMIC_RELAXED);

    return __builtin_expect(seen == null_port.fault_nth[point], 0);
}
