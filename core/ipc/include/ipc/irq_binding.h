/* SPDX-License-Identifier: MIT */
/* Interrupt bindings: which task hears of a device line, by which notification bits. Pure decisions over the table. */
#pragma once
#include <abi/types.h>
#include <base/compiler.h>

#define IRQ_SLOT_NONE 0xFFFFu
#define IRQ_LINE_NONE 0xFFFFFFFFu

struct irq_binding {
    uint64_t bits;     /* what the task is notified with; not 0 while active */
    uint32_t irq;      /* vector */
    uint16_t task;
    bool active;
    bool pending_ack;  /* delivered and masked until IRQ_ACK */
};

/** The active binding of `irq`, or IRQ_SLOT_NONE. */
uint32_t irq_binding_find(const struct irq_binding *table, uint64_t irq);
/** May `irq` be bound with `bits`? STATUS_OK and a free slot, or IRQ_INVALID, IRQ_BOUND, IRQ_FULL. `exists`: the line is real. */
MUST_CHECK status_t irq_bind_check(const struct irq_binding *table, uint64_t irq, uint64_t bits, bool exists, uint32_t *slot);
/** May `task` acknowledge `irq`? STATUS_OK and its slot, or IRQ_NOT_BOUND, IRQ_NOT_OWNER. */
MUST_CHECK status_t irq_ack_check(const struct irq_binding *table, uint64_t irq, uint32_t task, uint32_t *slot);
/** `task` died: its bindings are gone. `line[i]` is the vector that slot i had bound for it, to be masked, or IRQ_LINE_NONE. */
void irq_forget_all(struct irq_binding *table, uint32_t task, uint32_t *line);
