/* SPDX-License-Identifier: MIT */
/* What is pending in sip, turned into logical vectors. */
#include <arch/irq.h>

#include <common/cpu.h>
#include <common/port.h>
#include <riscv/csr.h>
#include <riscv/priv.h>

void arch_interrupt_init(void)
{
    plic_init_cpu();
    CSR_SET(sie, INTERRUPT_SOFTWARE | INTERRUPT_EXTERNAL);
}

/* Cleared before the vectors are read: one that comes later interrupts again. */
static bool take_ipis(struct hal_cpu *cpu)
{
    CSR_CLEAR(sip, INTERRUPT_SOFTWARE);
    fence_all();
    uint32_t vectors = __atomic_exchange_n(&cpu->port.ipi, 0, __ATOMIC_ACQ_REL);
    bool any = vectors != 0;

    hal_cpu_check_stop();
    for (uint32_t vector = 0; vectors != 0; vector++, vectors >>= 1) {
        if ((vectors & 1) != 0)
            hal_irq_deliver(vector);
    }
    return any;
}

bool interrupts_take(void)
{
    struct hal_cpu *cpu = hal_cpu();
    uint64_t pending = CSR_READ(sip) & CSR_READ(sie);
    bool enabled = cpu->irq_enabled, any = false;

    if (pending == 0)
        return false;
    cpu->irq_enabled = false;
    if ((pending & INTERRUPT_SOFTWARE) != 0)
        any = take_ipis(cpu);
    if ((pending & INTERRUPT_TIMER) != 0) {
        timer_acknowledge();
        hal_irq_deliver(ARCH_VECTOR_TIMER);
        any = true;
    }
    if ((pending & INTERRUPT_EXTERNAL) != 0 && plic_take())
        any = true;
    cpu->irq_enabled = enabled;
    return any;
}

void port_irq_take(void)
{
    (void)interrupts_take();
}
