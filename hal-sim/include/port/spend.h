/* SPDX-License-Identifier: MIT */
/*
 * hal-sim: letting virtual time pass. The accesses are atomic for the ThreadSanitizer's sake only: what looks like
 * threads to it are simulated CPUs on one host thread.
 */
#pragma once
#include <base/compiler.h>
#include <sim/host.h>

/** Take `units` from the running CPU's budget; other CPUs may run before the return. */
static inline void sim_spend(uint32_t units)
{
    int64_t left = __atomic_load_n(&sim_port.budget, __ATOMIC_RELAXED) - (int64_t)units;

    __atomic_store_n(&sim_port.budget, left, __ATOMIC_RELAXED);
    if (UNLIKELY(left <= 0))
        host_preempt();
}
