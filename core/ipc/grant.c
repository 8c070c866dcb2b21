/* SPDX-License-Identifier: MIT */
/* Grants: mapping and unmapping around the decisions of grant_rules.c. The IPC lock also serialises changes of spaces. */
#include "ipc_priv.h"

#include <abi/layout.h>
#include <abi/status.h>
#include <arch/fault.h>
#include <arch/memory.h>
#include <base/mem.h>
#include <diag/panic.h>
#include <mm/frame.h>
#include <mm/user_copy.h>
#include <sched/thread.h>

_Static_assert(CONFIG_GRANTS <= LAYOUT_GRANT_COUNT, "every grant slot has an address");

static vaddr_t grant_va(uint64_t id)
{
    return LAYOUT_GRANT_BASE + id * LAYOUT_GRANT_STRIDE;
}

/* Boot: nobody else runs. */
UNCHECKED_LOCKS status_t ipc_grants_init(void)
{
    struct ipc_state *s = ipc_state();

    for (uint32_t i = 0; i < CONFIG_GRANTS; i++) {
        status_t status = frame_alloc(&s->grant_page[i]);

        if (status != STATUS_OK)
            return status;
        s->grant[i] = (struct grant){.owner = GRANT_NONE, .peer = GRANT_NONE, .active = false};
    }
    return STATUS_OK;
}

static status_t grant_map(uint32_t task, uint64_t id)
{
    return arch_map_page(thread_get(task)->space, grant_va(id), ipc_state()->grant_page[id],
                         ARCH_MAP_WRITABLE | ARCH_MAP_USER | ARCH_MAP_NO_EXECUTE);
}

static void grant_unmap(uint32_t task, uint64_t id)
{
    status_t status;

    if (task == GRANT_NONE)
        return;
    status = arch_unmap_page(thread_get(task)->space, grant_va(id));
    ASSERT(status == STATUS_OK);
}

/* Map a slot that grant_create_check() allows. The owner may still map it from a grant whose peer died. Lock held. */
static status_t grant_connect(struct grant *g, uint64_t id, uint32_t me, uint32_t peer) REQUIRES_LOCK(ipc_role)
{
    bool mapped = g->owner == me;
    status_t status = mapped ? STATUS_OK : grant_map(me, id);

    if (status != STATUS_OK)
        return status;
    (void)memset(arch_phys_ptr(ipc_state()->grant_page[id]), 0, PAGE_SIZE);
    status = grant_map(peer, id);
    if (status != STATUS_OK) {
        if (!mapped)
            grant_unmap(me, id);
        return status;
    }
    *g = (struct grant){.owner = (uint16_t)me, .peer = (uint16_t)peer, .active = true};
    return STATUS_OK;
}

status_t ipc_grant_create(uint32_t me, uint64_t id, uint64_t peer)
{
    struct ipc_state *s = ipc_state();
    status_t status;

    ipc_lock();
    status = grant_create_check(s->grant, id, me, peer, peer < CONFIG_TASKS && s->thread[peer].alive);
    if (status == STATUS_OK && arch_fault(FAULT_GRANT))
        status = ERR_NO_MEMORY;
    if (status == STATUS_OK)
        status = grant_connect(&s->grant[id], id, me, (uint32_t)peer);
    ipc_unlock();
    return status;
}

/* Put a slot into the state its rules say, taking the page from whom they say. Lock held. */
static void grant_release(struct ipc_state *s, uint32_t id, uint32_t task) REQUIRES_LOCK(ipc_role)
{
    struct grant_death death = grant_on_death(s->grant[id], task);

    grant_unmap(death.unmap[0], id);
    grant_unmap(death.unmap[1], id);
    s->grant[id] = death.next;
}

status_t ipc_grant_revoke(uint32_t me, uint64_t id)
{
    struct ipc_state *s = ipc_state();
    status_t status;

    ipc_lock();
    status = grant_revoke_check(s->grant, id, me);
    if (status == STATUS_OK)
        grant_release(s, (uint32_t)id, me);
    ipc_unlock();
    return status;
}

void ipc_grants_cleanup_locked(uint32_t index)
{
    for (uint32_t i = 0; i < CONFIG_GRANTS; i++)
        grant_release(ipc_state(), i, index);
}

status_t ipc_copy_in(uint32_t me, void *dst, struct uaddr src, size_t len)
{
    status_t status;

    ipc_lock();
    status = user_copy_in(thread_get(me)->space, dst, src, len);
    ipc_unlock();
    return status;
}

bool ipc_grant_maps(uint32_t id, uint32_t index, uint32_t *owner)
{
    struct ipc_state *s = ipc_state();
    bool maps;

    ipc_lock();
    maps = id < CONFIG_GRANTS && s->grant[id].owner != GRANT_NONE &&
           (s->grant[id].owner == index || s->grant[id].peer == index);
    *owner = maps ? s->grant[id].owner : GRANT_NONE;
    ipc_unlock();
    return maps;
}
