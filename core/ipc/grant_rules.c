/* SPDX-License-Identifier: MIT */
#include <ipc/grant.h>

#include <abi/status.h>
#include <config/config.h>

status_t grant_create_check(const struct grant *table, uint64_t id, uint32_t me, uint64_t peer, bool peer_alive)
{
    if (id >= CONFIG_GRANTS)
        return ERR_GRANT_BAD_ID;
    if (table[id].active || (table[id].owner != GRANT_NONE && table[id].owner != me))
        return ERR_GRANT_ACTIVE;
    if (peer == me)
        return ERR_GRANT_SELF;
    if (peer >= CONFIG_TASKS || !peer_alive)
        return ERR_GRANT_BAD_PEER;
    return STATUS_OK;
}

status_t grant_revoke_check(const struct grant *table, uint64_t id, uint32_t me)
{
    if (id >= CONFIG_GRANTS)
        return ERR_GRANT_BAD_ID;
    if (table[id].owner != GRANT_NONE && table[id].owner != me)
        return ERR_GRANT_NOT_OWNER;
    return STATUS_OK;
}

struct grant_death grant_on_death(struct grant g, uint32_t task)
{
    const struct grant free = {.owner = GRANT_NONE, .peer = GRANT_NONE, .active = false};

    if (g.owner == task)
        return (struct grant_death){.next = free, .unmap = {g.owner, g.peer}};
    if (g.peer == task)
        return (struct grant_death){.next = {.owner = g.owner, .peer = GRANT_NONE, .active = false},
                                    .unmap = {g.peer, GRANT_NONE}};
    return (struct grant_death){.next = g, .unmap = {GRANT_NONE, GRANT_NONE}};
}
