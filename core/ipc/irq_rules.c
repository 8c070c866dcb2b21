/* SPDX-License-Identifier: MIT */
#include <ipc/irq_binding.h>

#include <abi/status.h>
#include <config/config.h>

/*@ predicate irq_bound(struct irq_binding b, integer irq) = b.active && b.irq == irq;
  @ predicate irq_of(struct irq_binding b, integer task) = b.active && b.task == task;
  @ // b is a after the death of t, and l the line it had bound: what was its own is free, all else is as it was.
  @ predicate irq_freed(struct irq_binding a, struct irq_binding b, integer l, integer t) =
  @   (irq_of(a, t) ==> !b.active && l == a.irq) && (!irq_of(a, t) ==> b == a && l == IRQ_LINE_NONE);
  @*/

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

/*@ requires i < CONFIG_IRQ_BINDINGS && \valid(table + (0 .. CONFIG_IRQ_BINDINGS - 1));
  @ requires \valid(line + (0 .. CONFIG_IRQ_BINDINGS - 1));
  @ requires \separated(table + (0 .. CONFIG_IRQ_BINDINGS - 1), line + (0 .. CONFIG_IRQ_BINDINGS - 1));
  @ assigns table[i].active, line[i];
  @ ensures irq_freed(\old(table[i]), table[i], line[i], task);
  @ ensures others: \forall integer k; 0 <= k < CONFIG_IRQ_BINDINGS && k != i ==> table[k] == \old(table[k]);
  @ ensures theirs: \forall integer k; 0 <= k < CONFIG_IRQ_BINDINGS && k != i ==> line[k] == \old(line[k]);
  @*/
static void forget_at(struct irq_binding *table, uint32_t i, uint32_t task, uint32_t *line)
{
    bool own = table[i].active && table[i].task == task;

    line[i] = own ? table[i].irq : IRQ_LINE_NONE;
    if (own)
        table[i].active = false;
}

/*@ requires \valid(table + (0 .. CONFIG_IRQ_BINDINGS - 1)) && \valid(line + (0 .. CONFIG_IRQ_BINDINGS - 1));
  @ requires \separated(table + (0 .. CONFIG_IRQ_BINDINGS - 1), line + (0 .. CONFIG_IRQ_BINDINGS - 1));
  @ assigns table[0 .. CONFIG_IRQ_BINDINGS - 1], line[0 .. CONFIG_IRQ_BINDINGS - 1];
  @ ensures \forall integer i; 0 <= i < CONFIG_IRQ_BINDINGS ==> irq_freed(\old(table[i]), table[i], line[i], task);
  @*/
void irq_forget_all(struct irq_binding *table, uint32_t task, uint32_t *line)
{
    /*@ loop invariant 0 <= i <= CONFIG_IRQ_BINDINGS;
      @ loop invariant \forall integer k; i <= k < CONFIG_IRQ_BINDINGS ==> table[k] == \at(table[k], Pre);
      @ loop invariant \forall integer k; 0 <= k < i ==> irq_freed(\at(table[k], Pre), table[k], line[k], task);
      @ loop assigns i, table[0 .. CONFIG_IRQ_BINDINGS - 1], line[0 .. CONFIG_IRQ_BINDINGS - 1];
      @ loop variant CONFIG_IRQ_BINDINGS - i;
      @*/
    for (uint32_t i = 0; i < CONFIG_IRQ_BINDINGS; i++)
        forget_at(table, i, task, line);
}
