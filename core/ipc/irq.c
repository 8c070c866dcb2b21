/* SPDX-License-Identifier: MIT */
/* Device interrupts to notifications: masked when delivered, unmasked by the task's acknowledgement. */
#include "ipc_priv.h"

#include <abi/status.h>
#include <arch/atomic.h>
#include <arch/fault.h>
#include <arch/irq.h>
#include <diag/counters.h>
#include <diag/log.h>

/* The handler of every device line; `data` is the vector. Interrupt context. */
static void irq_arrived(void *data)
{
    struct ipc_state *s = ipc_state();
    uint32_t vector = (uint32_t)(uintptr_t)data;
    uint32_t slot;

    arch_counter_add(&counters_get()->interrupts, 1);
    arch_irq_mask(vector);
    ipc_lock();
    slot = irq_binding_find(s->irq, vector);
    if (slot != IRQ_SLOT_NONE) {
        s->irq[slot].pending_ack = true;
        (void)ipc_notify_locked(s->irq[slot].task, s->irq[slot].bits);
    }
    ipc_unlock();
    if (slot == IRQ_SLOT_NONE)
        log_warn("irq %u arrived but no task has bound it", vector);
}

status_t ipc_irqs_init(void)
{
    for (uint32_t v = ARCH_VECTOR_DEVICE_FIRST; v < ARCH_VECTOR_COUNT; v++) {
        status_t status = STATUS_OK;

        if (arch_irq_exists(v))
            status = arch_set_interrupt_handler(v, irq_arrived, (void *)(uintptr_t)v);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static bool bindable(uint64_t irq)
{
    return irq >= ARCH_VECTOR_DEVICE_FIRST && irq < ARCH_VECTOR_COUNT && arch_irq_exists((uint32_t)irq);
}

status_t ipc_irq_bind(uint32_t me, uint64_t irq, uint64_t bits)
{
    struct ipc_state *s = ipc_state();
    uint32_t slot = 0;
    status_t status;

    ipc_lock();
    status = irq_bind_check(s->irq, irq, bits, bindable(irq), &slot);
    if (status == STATUS_OK && arch_fault(FAULT_IRQ_SLOT))
        status = ERR_IRQ_FULL;
    if (status == STATUS_OK) {
        s->irq[slot] = (struct irq_binding){.bits = bits, .irq = (uint32_t)irq, .task = (uint16_t)me, .active = true};
        arch_irq_unmask((uint32_t)irq);
    }
    ipc_unlock();
    return status;
}

status_t ipc_irq_ack(uint32_t me, uint64_t irq)
{
    struct ipc_state *s = ipc_state();
    uint32_t slot;
    status_t status;

    ipc_lock();
    status = irq_ack_check(s->irq, irq, me, &slot);
    if (status == STATUS_OK) {
        s->irq[slot].pending_ack = false;
        arch_irq_unmask((uint32_t)irq);
    }
    ipc_unlock();
    return status;
}

void ipc_irqs_cleanup_locked(uint32_t index)
{
    uint32_t line[CONFIG_IRQ_BINDINGS];

    irq_forget_all(ipc_state()->irq, index, line);
    for (uint32_t i = 0; i < CONFIG_IRQ_BINDINGS; i++)
        if (line[i] != IRQ_LINE_NONE)
            arch_irq_mask(line[i]);
}
