/* SPDX-License-Identifier: MIT */
/*
 * Handlers by logical vector, and the kernel's own idea of "interrupts enabled": kernel mode runs with interrupts off in
 * hardware, user mode with them on, and the flag only says whether arch_irq_window() opens.
 */
#include <arch/irq.h>

#include <abi/status.h>
#include <common/cpu.h>
#include <common/port.h>

void hal_irq_deliver(uint32_t vector)
{
    struct hal_handler *h = &hal_state.handler[vector];
    void (*handler)(void *data) = __atomic_load_n(&h->handler, __ATOMIC_ACQUIRE);

    hal_cpu_check_stop();
    if (handler != NULL)
        handler(__atomic_load_n(&h->data, __ATOMIC_RELAXED));
    else if (vector >= ARCH_VECTOR_DEVICE_FIRST)
        arch_irq_mask(vector); /* dropped: a level that nobody serves would come back at once */
}

/* Replacing one handler by another while the line is live is the caller's to avoid: the pair is not read as one. */
status_t arch_set_interrupt_handler(uint32_t vector, void (*handler)(void *data), void *data)
{
    if (vector >= ARCH_VECTOR_COUNT)
        return ERR_INVALID_ARGS;
    __atomic_store_n(&hal_state.handler[vector].handler, NULL, __ATOMIC_RELEASE);
    __atomic_store_n(&hal_state.handler[vector].data, data, __ATOMIC_RELEASE);
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
    if (!hal_cpu()->irq_enabled)
        return;
    hal_cpu()->irq_enabled = false; /* for the handlers */
    port_irq_take();
    hal_cpu()->irq_enabled = true;
}
