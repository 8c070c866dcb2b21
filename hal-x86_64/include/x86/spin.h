/* SPDX-License-Identifier: MIT */
/*
 * Locks of the HAL's own, around device registers that come in pairs (index and data). Held for a few accesses with
 * interrupts off, as always in the kernel; nothing else is locked inside.
 */
#pragma once
#include <abi/types.h>
#include <arch/cpu.h>
#include <common/cpu.h>

struct x86_lock {
    uint32_t taken;
};

/* While the machine ends, the holder may have been stopped for ever; then nobody else runs either. */
static inline void x86_lock(struct x86_lock *lock)
{
    while (__atomic_exchange_n(&lock->taken, 1, __ATOMIC_ACQUIRE) != 0) {
        arch_cpu_relax();
        if (__atomic_load_n(&hal_state.stopping, __ATOMIC_RELAXED) != 0)
            return;
    }
}

static inline void x86_unlock(struct x86_lock *lock)
{
    __atomic_store_n(&lock->taken, 0, __ATOMIC_RELEASE);
}
