/* SPDX-License-Identifier: MIT */
/*
 * HAL contract: atomics. 32 and 64 bits only (narrower ones become library calls on RISC-V). Every operation is a
 * preemption point of the simulated machine: there, and only there and in other arch_ calls, another CPU may run in between.
 */
#pragma once
#include <abi/types.h>

/**
 * Empty on hardware; in the simulator the place where interleavings are explored. `word` is what is about to be accessed, which
 * tells where two CPUs meet; it is not read. Any context.
 */
static inline void arch_preempt_point(const void *word);

#include <port/atomic.h>

static inline uint32_t arch_atomic_load32(const uint32_t *p)
{
    arch_preempt_point(p);
    return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

static inline void arch_atomic_store32(uint32_t *p, uint32_t v)
{
    arch_preempt_point(p);
    __atomic_store_n(p, v, __ATOMIC_RELEASE);
}

static inline uint32_t arch_atomic_exchange32(uint32_t *p, uint32_t v)
{
    arch_preempt_point(p);
    return __atomic_exchange_n(p, v, __ATOMIC_ACQ_REL);
}

/** If *p == *expected store `v` and return true; else load *p into *expected and return false. */
static inline bool arch_atomic_cas32(uint32_t *p, uint32_t *expected, uint32_t v)
{
    arch_preempt_point(p);
    return __atomic_compare_exchange_n(p, expected, v, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

static inline uint32_t arch_atomic_add32(uint32_t *p, uint32_t v)
{
    arch_preempt_point(p);
    return __atomic_fetch_add(p, v, __ATOMIC_ACQ_REL);
}

static inline uint32_t arch_atomic_or32(uint32_t *p, uint32_t v)
{
    arch_preempt_point(p);
    return __atomic_fetch_or(p, v, __ATOMIC_ACQ_REL);
}

static inline uint32_t arch_atomic_and32(uint32_t *p, uint32_t v)
{
    arch_preempt_point(p);
    return __atomic_fetch_and(p, v, __ATOMIC_ACQ_REL);
}

static inline uint64_t arch_atomic_load64(const uint64_t *p)
{
    arch_preempt_point(p);
    return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

/** Counters: no ordering, no preemption point, never a decision. */
static inline void arch_counter_add(uint64_t *p, uint64_t v)
{
    __atomic_fetch_add(p, v, __ATOMIC_RELAXED);
}
