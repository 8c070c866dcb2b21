/* SPDX-License-Identifier: MIT */
#include <ipc/irq_binding.h>

#include <abi/status.h>
#include <config/config.h>

/*@ predicate irq_bound(struct irq_binding b, integer irq) = b.active && b.irq == irq; */

/*@ requires \valid_read(table + (0 .. CONFIG_IRQ_BINDINGS - 1));
  @ assigns \nothing;
  @ behavior bound:
  @   assumes \exists integer i; 0 <= i < CONFIG_IRQ_BINDINGS && irq_bound(table[i], irq);
  @   ensures \result < CONFIG_IRQ_BINDINGS && irq_bound(table[\result], irq);
  @   ensures \forall integer i; 0 <= i < \result ==> !irq_bound(table[i], irq);
  @ behavior free:
  @   assumes \forall integer i; 0 <= i < CONFIG_IRQ_BINDINGS ==> !irq_bound(table[i], irq);
  @   ensures \result == IRQ_SLOT_NONE;
  @ complete behaviors;
  @ disjoint behaviors;
  @*/
uint32_t irq_binding_find(const struct irq_binding *table, uint64_t irq)
{
    /*@ loop invariant 0 <= i <= CONFIG_IRQ_BINDINGS;
      @ loop invariant \forall integer k; 0 <= k < i ==> !irq_bound(table[k], irq);
      @ loop assigns i;
      @ loop variant CONFIG_IRQ_BINDINGS - i;
      @*/
    for (uint32_t i = 0; i < CONFIG_IRQ_BINDINGS; i++)
        if (table[i].active && table[i].irq == irq)
            return i;
    return IRQ_SLOT_NONE;
}

/*@ requires \valid_read(table + (0 .. CONFIG_IRQ_BINDINGS - 1)) && \valid(slot);
  @ requires \separated(table + (0 .. CONFIG_IRQ_BINDINGS - 1), slot);
  @ assigns *slot;
  @ ensures \result == ERR_IRQ_INVALID <==> !exists || bits == 0;
  @ ensures \result == ERR_IRQ_BOUND ==> exists && bits != 0 &&
  @   \exists integer i; 0 <= i < CONFIG_IRQ_BINDINGS && irq_bound(table[i], irq);
  @ ensures \result == STATUS_OK ==> exists && bits != 0 && *slot < CONFIG_IRQ_BINDINGS && !table[*slot].active &&
  @   \forall integer i; 0 <= i < CONFIG_IRQ_BINDINGS ==> !irq_bound(table[i], irq);
  @ ensures \result == ERR_IRQ_FULL ==>
  @   \forall integer i; 0 <= i < CONFIG_IRQ_BINDINGS ==> table[i].active && !irq_bound(table[i], irq);
  @ ensures \result == STATUS_OK || \result == ERR_IRQ_INVALID || \result == ERR_IRQ_BOUND || \result == ERR_IRQ_FULL;
  @*/
status_t irq_bind_check(const struct irq_binding *table, uint64_t irq, uint64_t bits, bool exists, uint32_t *slot)
{
    if (!exists || bits == 0)
        return ERR_IRQ_INVALID;
    if (irq_binding_find(table, irq) != IRQ_SLOT_NONE)
        return ERR_IRQ_BOUND;
    /*@ loop invariant 0 <= i <= CONFIG_IRQ_BINDINGS;
      @ loop invariant \forall integer k; 0 <= k < i ==> table[k].active;
      @ loop assigns i;
      @ loop variant CONFIG_IRQ_BINDINGS - i;
      @*/
    for (uint32_t i = 0; i < CONFIG_IRQ_BINDINGS; i++) {
        if (!table[i].active) {
            *slot = i;
            return STATUS_OK;
        }
    }
    return ERR_IRQ_FULL;
}

/*@ requires \valid_read(table + (0 .. CONFIG_IRQ_BINDINGS - 1)) && \valid(slot);
  @ requires \separated(table + (0 .. CONFIG_IRQ_BINDINGS - 1), slot);
  @ assigns *slot;
  @ ensures \result == ERR_IRQ_NOT_BOUND <==>
  @   \forall integer i; 0 <= i < CONFIG_IRQ_BINDINGS ==> !irq_bound(table[i], irq);
  @ ensures \result == STATUS_OK ==> *slot < CONFIG_IRQ_BINDINGS && irq_bound(table[*slot], irq) && table[*slot].task == task;
  @ ensures \result == ERR_IRQ_NOT_OWNER ==>
  @   *slot < CONFIG_IRQ_BINDINGS && irq_bound(table[*slot], irq) && table[*slot].task != task;
  @ ensures \result == STATUS_OK || \result == ERR_IRQ_NOT_BOUND || \result == ERR_IRQ_NOT_OWNER;
  @*/
status_t irq_ack_check(const struct irq_binding *table, uint64_t irq, uint32_t task, uint32_t *slot)
{
    *slot = irq_binding_find(table, irq);
    if (*slot == IRQ_SLOT_NONE)
        return ERR_IRQ_NOT_BOUND;
    return table[*slot].task == task ? STATUS_OK : ERR_IRQ_NOT_OWNER;
}
