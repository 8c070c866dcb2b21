/* SPDX-License-Identifier: MIT */
#include <arch/cpu.h>

#include <a64/gic.h>
#include <a64/kernel.h>
#include <a64/sysreg.h>
#include <common/port.h>

#define MPIDR_AFFINITY UINT64_C(0xFF00FFFFFF)
#define RELAXES_PER_NAP 256u
#define MDSCR_TDCC (1u << 12) /* the debugger's mailbox is not user mode's; no single step */
#define PFR0_AMU 44
#define DFR0_PMUVER 8
#define PMUVER_OTHER 15u /* a performance monitor, but not the architecture's */

uint64_t cpu_affinity(void)
{
    return SYSREG_READ(mpidr_el1) & MPIDR_AFFINITY;
}

void cpu_bind(struct hal_cpu *cpu)
{
    cpu->port.exception_top = (uintptr_t)boot_stacks[cpu - hal_state.cpu] + BOOT_STACKS_SPAN;
    SYSREG_WRITE(tpidr_el1, (uintptr_t)cpu);
    SYSREG_WRITE(vbar_el1, (uintptr_t)vectors);
    isb();
}

/* User mode may use general registers and nothing else. */
void arch_cpu_init(void)
{
    uint32_t pmu = id_field(SYSREG_READ(id_aa64dfr0_el1), DFR0_PMUVER);

    SYSREG_WRITE(cpacr_el1, 0); /* FP, SIMD, SVE and SME trap; the kernel uses none of them either */
    SYSREG_WRITE(cntkctl_el1, 0);
    SYSREG_WRITE(tpidrro_el0, 0);
    SYSREG_WRITE(mdscr_el1, MDSCR_TDCC);
    if (id_field(SYSREG_READ(id_aa64pfr0_el1), PFR0_AMU) != 0)
        SYSREG_WRITE(AMUSERENR_EL0, 0);
    if (pmu != 0 && pmu != PMUVER_OTHER)
        SYSREG_WRITE(pmuserenr_el0, 0);
    isb();
    hal_cpu()->irq_enabled = false;
    hal_cpu()->space = NULL;
}

/* Interrupts are masked, which WFI does not mind: what is pending ends it, or keeps it from sleeping. */
void arch_halt(void)
{
    while (!gic_take()) {
        hal_cpu_check_stop();
        DSB(sy);
        __asm__ volatile("wfi" : : : "memory");
    }
}

/*
 * An emulator has fewer processors than we have CPUs: the one that is waited for may not run as long as those that wait
 * do. So a CPU that waits long sleeps now and then; no real one waits that long.
 */
void arch_cpu_relax(void)
{
    struct port_cpu *port = &hal_cpu()->port;

    hal_cpu_check_stop();
    __asm__ volatile("yield" : : : "memory");
    if (++port->relaxed % RELAXES_PER_NAP == 0 && port->may_nap)
        timer_nap();
}

void port_irq_take(void)
{
    (void)gic_take();
}

void port_cpu_park(void)
{
    for (;;)
        __asm__ volatile("wfi" : : : "memory");
}

void port_cpu_stop_others(void)
{
    uint32_t mask = 0;

    if (gic.driver == NULL)
        return; /* no other CPU runs yet */
    for (uint32_t i = 0; i < hal_state.cpu_count; i++) {
        if (i != hal_cpu()->id && __atomic_load_n(&hal_state.cpu[i].state, __ATOMIC_ACQUIRE) == HAL_CPU_RUNNING)
            mask |= 1u << i;
    }
    if (mask != 0)
        gic.driver->send(mask, ARCH_VECTOR_STOP);
}
