/* SPDX-License-Identifier: MIT */
/*
 * Flushing user mappings on every CPU without waiting for CPUs that run kernel code: those may spin on a lock that the
 * caller holds, with interrupts off. They need no flush now, because the kernel never touches user addresses; they flush
 * before they run user mode again. Only CPUs in user mode are interrupted and waited for.
 */
#include <arch/cpu.h>
#include <arch/smp.h>
#include <common/cpu.h>
#include <common/port.h>

/* Sequentially consistent on both sides: a CPU either sees the request before it runs user mode, or is seen in it. */
void hal_tlb_enter_user(void)
{
    struct hal_cpu *cpu = hal_cpu();

    for (;;) {
        __atomic_store_n(&cpu->in_user, 1, __ATOMIC_SEQ_CST);
        uint32_t wanted = __atomic_load_n(&hal_state.tlb_wanted, __ATOMIC_SEQ_CST);
        if (LIKELY(cpu->tlb_seen == wanted))
            return;
        port_tlb_flush_all();
        __atomic_store_n(&cpu->tlb_seen, wanted, __ATOMIC_RELEASE);
    }
}

void hal_tlb_leave_user(void)
{
    __atomic_store_n(&hal_cpu()->in_user, 0, __ATOMIC_RELEASE);
}

static bool is_stale(const struct hal_cpu *cpu, uint32_t wanted)
{
    return __atomic_load_n(&cpu->in_user, __ATOMIC_SEQ_CST) != 0 &&
           (int32_t)(__atomic_load_n(&cpu->tlb_seen, __ATOMIC_ACQUIRE) - wanted) < 0;
}

void hal_tlb_shootdown(void)
{
    uint32_t wanted = __atomic_add_fetch(&hal_state.tlb_wanted, 1, __ATOMIC_SEQ_CST);
    uint32_t me = hal_cpu()->id, stale = 0;

    port_tlb_flush_all();
    __atomic_store_n(&hal_cpu()->tlb_seen, wanted, __ATOMIC_RELEASE); /* earlier requests came with older changes */
    for (uint32_t i = 0; i < hal_state.cpu_count; i++) {
        if (i != me && is_stale(&hal_state.cpu[i], wanted))
            stale |= 1u << i;
    }
    if (stale == 0)
        return;
    arch_send_ipi(stale, ARCH_VECTOR_TLB); /* a trap out of user mode is all that is needed */
    for (uint32_t i = 0; i < hal_state.cpu_count; i++) {
        while ((stale & 1u << i) != 0 && is_stale(&hal_state.cpu[i], wanted))
            arch_cpu_relax();
    }
}
