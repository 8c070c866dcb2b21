/* SPDX-License-Identifier: MIT */
/*
 * Interrupts are taken where the contract says and nowhere else: user mode and arch_halt() take them whatever the CPU's
 * state is, arch_irq_window() only while they are enabled.
 */
#include <arch/irq.h>
#include <abi/status.h>
#include <sim/host.h>

#include "hal_priv.h"

static void deliver(uint32_t vector)
{
    struct hal_handler *h = &hal_state.handler[vector];
    void (*handler)(void *data) = __atomic_load_n(&h->handler, __ATOMIC_ACQUIRE);

    if (handler != NULL)
        handler(__atomic_load_n(&h->data, __ATOMIC_RELAXED));
    else if (vector >= ARCH_VECTOR_DEVICE_FIRST)
        host_irq_set_mask(vector, true); /* dropped: a level that nobody serves would come back at once */
}

/* Each vector is taken once; a level still asserted, or an IPI that a handler sent, comes at the next opportunity. */
bool hal_take_interrupts(void)
{
    struct hal_cpu *cpu = hal_cpu();
    bool enabled = cpu->irq_enabled;
    uint64_t taken = 0;
    int vector;

    if (!host_irq_pending())
        return false;
    cpu->irq_enabled = false;
    while ((vector = host_irq_claim(taken)) >= 0) {
        taken |= UINT64_C(1) << vector;
        deliver((uint32_t)vector);
    }
    cpu->irq_enabled = enabled;
    return true;
}

void arch_interrupt_init(void)
{
    host_irq_reset();
}

status_t arch_set_interrupt_handler(uint32_t vector, void (*handler)(void *data), void *data)
{
    if (vector >= ARCH_VECTOR_COUNT)
        return ERR_INVALID_ARGS;
    /* No preemption point in between: no CPU sees the one without the other. */
    __atomic_store_n(&hal_state.handler[vector].data, data, __ATOMIC_RELAXED);
    __atomic_store_n(&hal_state.handler[vector].handler, handler, __ATOMIC_RELEASE);
    return STATUS_OK;
}

void arch_enable_interrupts(void)
{
    hal_cpu()->irq_enabled = true;
}

void arch_disable_interrupts(void)
{
    hal_cpu()->irq_enabled = false;
}

uint64_t arch_save_irq_state(void)
{
    uint64_t state = hal_cpu()->irq_enabled;

    hal_cpu()->irq_enabled = false;
    return state;
}

void arch_restore_irq_state(uint64_t state)
{
    hal_cpu()->irq_enabled = state != 0;
}

void arch_irq_window(void)
{
    if (hal_cpu()->irq_enabled)
        (void)hal_take_interrupts();
}

bool arch_irq_exists(uint32_t vector)
{
    return vector >= ARCH_VECTOR_DEVICE_FIRST && host_irq_exists(vector);
}

void arch_irq_unmask(uint32_t vector)
{
    if (arch_irq_exists(vector))
        host_irq_set_mask(vector, false);
}

void arch_irq_mask(uint32_t vector)
{
    if (arch_irq_exists(vector))
        host_irq_set_mask(vector, true);
}
