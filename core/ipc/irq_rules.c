/* SPDX-License-Identifier: MIT */
#include <ipc/irq_binding.h>

#include <abi/status.h>
#include <config/config.h>

uint32_t irq_binding_find(const struct irq_binding *table, uint64_t irq)
{
    for (uint32_t i = 0; i < CONFIG_IRQ_BINDINGS; i++)
        if (table[i].active && table[i].irq == irq)
            return i;
    return IRQ_SLOT_NONE;
}

status_t irq_bind_check(const struct irq_binding *table, uint64_t irq, uint64_t bits, bool exists, uint32_t *slot)
{
    if (!exists || bits == 0)
        return ERR_IRQ_INVALID;
    if (irq_binding_find(table, irq) != IRQ_SLOT_NONE)
        return ERR_IRQ_BOUND;
    for (uint32_t i = 0; i < CONFIG_IRQ_BINDINGS; i++) {
        if (!table[i].active) {
            *slot = i;
            return STATUS_OK;
        }
    }
    return ERR_IRQ_FULL;
}

status_t irq_ack_check(const struct irq_binding *table, uint64_t irq, uint32_t task, uint32_t *slot)
{
    *slot = irq_binding_find(table, irq);
    if (*slot == IRQ_SLOT_NONE)
        return ERR_IRQ_NOT_BOUND;
    return table[*slot].task == task ? STATUS_OK : ERR_IRQ_NOT_OWNER;
}
