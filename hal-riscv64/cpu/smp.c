/* SPDX-License-Identifier: MIT */
/* The other harts: started by the firmware, interrupted through it. */
#include <arch/smp.h>

#include <abi/status.h>
#include <arch/cpu.h>
#include <arch/timer.h>
#include <common/cpu.h>
#include <common/kernel_map.h>
#include <riscv/csr.h>
#include <riscv/priv.h>
#include <riscv/sbi.h>

/* Asleep until arch_start_cpu() says what to run. */
void secondary_main(void)
{
    struct hal_cpu *cpu = hal_cpu();

    cpu_setup();
    __atomic_store_n(&cpu->port.arrived, 1, __ATOMIC_RELEASE);
    CSR_WRITE(sie, INTERRUPT_SOFTWARE);
    while (__atomic_load_n(&cpu->state, __ATOMIC_ACQUIRE) != HAL_CPU_RUNNING) {
        wait_for_interrupt();
        CSR_CLEAR(sip, INTERRUPT_SOFTWARE);
    }
    cpu_setup();
    fence_code();
    fence_tables();
    cpu->entry(cpu->id);
    arch_panic("smp: a CPU's entry function returned");
}

/* Firmware that believes the tree may promise a hart that does not exist. */
static void await(const struct hal_cpu *cpu)
{
    uint64_t deadline = arch_timer_get_ticks() + arch_timer_get_frequency();

    while (__atomic_load_n(&cpu->port.arrived, __ATOMIC_ACQUIRE) == 0) {
        if (arch_timer_get_ticks() > deadline)
            boot_fail("hart %lu does not start", (unsigned long)cpu->hardware_id);
        timer_nap();
    }
}

void harts_start(void)
{
    for (uint32_t i = 1; i < hal_state.cpu_count; i++) {
        struct hal_cpu *cpu = &hal_state.cpu[i];
        fence_all(); /* it begins with its MMU off and sees memory only */
        if (!sbi_hart_start(cpu->hardware_id, hal_image_phys((const void *)(uintptr_t)hart_start)))
            boot_fail("the firmware does not start hart %lu", (unsigned long)cpu->hardware_id);
    }
    for (uint32_t i = 1; i < hal_state.cpu_count; i++)
        await(&hal_state.cpu[i]);
}

status_t arch_start_cpu(uint32_t id, void (*entry)(uint32_t cpu))
{
    if (id == 0 || id >= hal_state.cpu_count)
        return ERR_INVALID_ARGS;
    struct hal_cpu *cpu = &hal_state.cpu[id];
    if (__atomic_load_n(&cpu->state, __ATOMIC_ACQUIRE) != HAL_CPU_STOPPED)
        return ERR_BAD_STATE;
    cpu->entry = entry;
    __atomic_store_n(&cpu->state, HAL_CPU_RUNNING, __ATOMIC_RELEASE);
    fence_all();
    sbi_send_ipi(1u << id);
    return STATUS_OK;
}

/* The vector is a bit in memory; the interrupt only says that there is one. */
void arch_send_ipi(uint32_t cpu_mask, uint32_t vector)
{
    uint32_t me = 1u << hal_cpu()->id;

    cpu_mask &= (1u << hal_state.cpu_count) - 1;
    for (uint32_t i = 0; i < hal_state.cpu_count; i++) {
        if ((cpu_mask >> i & 1) != 0)
            __atomic_fetch_or(&hal_state.cpu[i].port.ipi, 1u << vector, __ATOMIC_RELEASE);
    }
    fence_all();
    if ((cpu_mask & me) != 0)
        CSR_SET(sip, INTERRUPT_SOFTWARE);
    if ((cpu_mask & ~me) != 0)
        sbi_send_ipi(cpu_mask & ~me);
}
