/* SPDX-License-Identifier: MIT */
/*
 * Grants and interrupt bindings, with the HAL's mappings and masks as ghosts: from every sound state every operation leads to
 * a sound one. Sound: a page is mapped by exactly those whom its slot names; a line is unmasked only while somebody is bound
 * to it and owes no acknowledgement, and has one owner.
 */
#include "world.h"

#include "core/ipc/grant.c"
#include "core/ipc/grant_rules.c"
#include "core/ipc/irq.c"
#include "core/ipc/irq_rules.c"

static struct ipc_state ipc;
static bool maps[CONFIG_TASKS][CONFIG_GRANTS]; /* task i maps page g */
static bool unmasked[ARCH_VECTOR_COUNT];
static uint64_t told[CONFIG_TASKS];
static struct arch_space spaces[CONFIG_TASKS];
static uint8_t page[PAGE_SIZE];
static const uint64_t EXISTING = UINT64_C(0x0000000F00000000); /* lines 32-35 */

struct ipc_state *ipc_state(void)
{
    return &ipc;
}

status_t ipc_notify_locked(uint64_t target, uint64_t bits)
{
    CLAIM(world.locked && target < CONFIG_TASKS, "a task that there is");
    told[target] |= bits;
    return STATUS_OK;
}

static uint32_t task_of(const struct arch_space *space)
{
    return (uint32_t)(space - spaces);
}

static uint32_t grant_of(vaddr_t va)
{
    CLAIM((va - LAYOUT_GRANT_BASE) % LAYOUT_GRANT_STRIDE == 0, "the slot's own address");
    return (uint32_t)((va - LAYOUT_GRANT_BASE) / LAYOUT_GRANT_STRIDE);
}

status_t arch_map_page(struct arch_space *space, vaddr_t va, paddr_t pa, uint32_t flags)
{
    bool *mapped = &maps[task_of(space)][grant_of(va)];

    CLAIM(world.locked && pa == ipc.grant_page[grant_of(va)] && (flags & ARCH_MAP_NO_EXECUTE) != 0, "the slot's page, as data");
    CLAIM(!*mapped, "nothing is mapped twice");
    if (nondet_bool())
        return ERR_NO_MEMORY;
    *mapped = true;
    return STATUS_OK;
}

status_t arch_unmap_page(struct arch_space *space, vaddr_t va)
{
    bool *mapped = &maps[task_of(space)][grant_of(va)];
    bool was = *mapped;

    *mapped = false;
    return was ? STATUS_OK : ERR_NOT_FOUND;
}

void *memset(void *p, int c, size_t n)
{
    CLAIM(p == null_port.ram && c == 0 && n == PAGE_SIZE, "all of the page is cleared");
    return p;
}

bool arch_irq_exists(uint32_t vector)
{
    return vector < 64 && (EXISTING >> vector & 1) != 0;
}

void arch_irq_unmask(uint32_t vector)
{
    unmasked[vector] = true;
}

void arch_irq_mask(uint32_t vector)
{
    unmasked[vector] = false;
}

static bool sound_grant(uint32_t id)
{
    const struct grant *g = &ipc.grant[id];
    bool ok = g->owner == GRANT_NONE ? g->peer == GRANT_NONE && !g->active : g->owner < CONFIG_TASKS && g->owner != g->peer;

    ok = ok && (g->peer == GRANT_NONE ? !g->active : g->peer < CONFIG_TASKS && g->active);
    for (uint32_t t = 0; t < CONFIG_TASKS; t++)
        ok = ok && maps[t][id] == (g->owner == t || g->peer == t);
    return ok;
}

static void any_grants(void)
{
    null_port.ram = page;
    null_port.ram_size = sizeof(page);
    for (uint32_t t = 0; t < CONFIG_TASKS; t++) {
        world.thread[t].space = &spaces[t];
        ipc.thread[t].alive = nondet_bool();
    }
    for (uint32_t id = 0; id < CONFIG_GRANTS; id++) {
        ipc.grant_page[id] = ARCH_RAM_BASE;
        ipc.grant[id] = (struct grant){.owner = nondet_u16(), .peer = nondet_u16(), .active = nondet_bool()};
        for (uint32_t t = 0; t < CONFIG_TASKS; t++)
            maps[t][id] = nondet_bool();
        ASSUME(sound_grant(id));
    }
}

void prove_grants(void)
{
    uint32_t me = any_below(CONFIG_TASKS), other = any_below(CONFIG_TASKS), slot = any_below(CONFIG_GRANTS);
    uint64_t id = nondet_u64(), peer = nondet_u64();
    struct grant before;
    status_t status;

    any_grants();
    before = ipc.grant[slot];
    switch (any_below(3)) {
    case 0:
        status = ipc_grant_create(me, id, peer);
        CLAIM(status != STATUS_OK || (id < CONFIG_GRANTS && ipc.grant[id].owner == me && ipc.grant[id].peer == peer), "as asked");
        CLAIM(status != STATUS_OK || ipc.thread[peer].alive, "with the living");
        CLAIM(before.owner == GRANT_NONE || before.owner == me || ipc.grant[slot].owner == before.owner, "nobody else's slot");
        CLAIM(!before.active || (id == slot ? status == ERR_GRANT_ACTIVE : true), "a slot in use is refused");
        CLAIM(status == STATUS_OK || (ipc.grant[slot].owner == before.owner && ipc.grant[slot].peer == before.peer),
              "an error changes nothing");
        break;
    case 1:
        status = ipc_grant_revoke(me, id);
        CLAIM(id != slot || (status == STATUS_OK) == (before.owner == GRANT_NONE || before.owner == me), "its owner may");
        CLAIM(id == slot || ipc.grant[slot].owner == before.owner, "only this slot");
        CLAIM(status != STATUS_OK || id != slot || (!maps[me][slot] && ipc.grant[slot].owner == GRANT_NONE), "and then it is free");
        break;
    default:
        spin_lock(&ipc.lock);
        ipc_grants_cleanup_locked(me);
        spin_unlock(&ipc.lock);
        CLAIM(!maps[me][slot], "the dead map nothing");
        CLAIM(before.owner == me || ipc.grant[slot].owner == before.owner, "others keep what they own");
        CLAIM(other == me || before.owner != other || maps[other][slot], "and map it");
        break;
    }
    CLAIM(sound_grant(slot) && !world.locked, "sound before, sound afterwards");
}

static bool sound_lines(uint32_t irq)
{
    uint32_t bound = 0, open = 0;

    for (uint32_t i = 0; i < CONFIG_IRQ_BINDINGS; i++) {
        const struct irq_binding *b = &ipc.irq[i];

        if (!b->active || b->irq != irq)
            continue;
        bound++;
        open += !b->pending_ack;
        if (b->bits == 0 || b->task >= CONFIG_TASKS || !arch_irq_exists(irq))
            return false;
    }
    return bound <= 1 && unmasked[irq] == (open == 1);
}

void prove_irqs(void)
{
    uint32_t me = any_below(CONFIG_TASKS), line = any_below(ARCH_VECTOR_COUNT), was = IRQ_SLOT_NONE, slot;
    uint64_t irq = nondet_u64(), bits = nondet_u64();
    status_t status;

    for (uint32_t i = 0; i < CONFIG_IRQ_BINDINGS; i++)
        ipc.irq[i] = (struct irq_binding){.bits = nondet_u64(), .irq = nondet_u32(), .task = nondet_u16(),
                                          .active = nondet_bool(), .pending_ack = nondet_bool()};
    for (uint32_t t = 0; t < CONFIG_TASKS; t++)
        told[t] = 0;
    for (uint32_t i = 0; i < CONFIG_IRQ_BINDINGS; i++)
        ASSUME(!ipc.irq[i].active || (ipc.irq[i].irq < 64 && arch_irq_exists(ipc.irq[i].irq)));
    for (uint32_t v = 32; v < 36; v++) {
        unmasked[v] = nondet_bool();
        ASSUME(sound_lines(v));
    }
    ASSUME(arch_irq_exists(line));
    slot = irq_binding_find(ipc.irq, line);
    if (slot != IRQ_SLOT_NONE)
        was = ipc.irq[slot].task;
    switch (any_below(4)) {
    case 0:
        status = ipc_irq_bind(me, irq, bits);
        CLAIM(status != STATUS_OK || (irq < 64 && arch_irq_exists((uint32_t)irq) && bits != 0), "only lines that there are");
        CLAIM(irq != line || was == IRQ_SLOT_NONE || status != STATUS_OK, "a line has one owner");
        CLAIM(irq != line || status != STATUS_OK || unmasked[line], "and then it may interrupt");
        break;
    case 1:
        status = ipc_irq_ack(me, irq);
        CLAIM(irq != line || (status == STATUS_OK) == (was == me), "its owner acknowledges, nobody else");
        break;
    case 2:
        ASSUME(unmasked[line]);
        irq_arrived((void *)(uintptr_t)line);
        CLAIM(!unmasked[line] && told[was] == ipc.irq[slot].bits, "its owner is told, and it is silent until acknowledged");
        CLAIM(me == was || told[me] == 0, "nobody else is told");
        break;
    default:
        spin_lock(&ipc.lock);
        ipc_irqs_cleanup_locked(me);
        spin_unlock(&ipc.lock);
        CLAIM(was != me || (irq_binding_find(ipc.irq, line) == IRQ_SLOT_NONE && !unmasked[line]), "the dead hear nothing");
        CLAIM(was == me || irq_binding_find(ipc.irq, line) == slot, "others keep their lines");
        break;
    }
    CLAIM(sound_lines(line) && !world.locked, "sound before, sound afterwards");
}
