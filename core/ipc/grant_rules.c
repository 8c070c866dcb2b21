/* SPDX-License-Identifier: MIT */
#include <ipc/grant.h>

#include <abi/status.h>
#include <config/config.h>

/*@ predicate grant_names(struct grant g, integer task) = g.owner == task || g.peer == task;
  @ predicate grant_free(struct grant g) = g.owner == GRANT_NONE && g.peer == GRANT_NONE && !g.active;
  @*/

/*@ requires \valid_read(table + (0 .. CONFIG_GRANTS - 1)) && me < GRANT_NONE;
  @ assigns \nothing;
  @ behavior no_slot:
  @   assumes id >= CONFIG_GRANTS;
  @   ensures \result == ERR_GRANT_BAD_ID;
  @ behavior taken: // by somebody else, or already shared
  @   assumes id < CONFIG_GRANTS && (table[id].active || (table[id].owner != GRANT_NONE && table[id].owner != me));
  @   ensures \result == ERR_GRANT_ACTIVE;
  @ behavior ours: // free, or left to us by a peer that died
  @   assumes id < CONFIG_GRANTS && !table[id].active && (table[id].owner == GRANT_NONE || table[id].owner == me);
  @   ensures \result == STATUS_OK <==> peer != me && peer < CONFIG_TASKS && peer_alive;
  @   ensures \result == ERR_GRANT_SELF <==> peer == me;
  @   ensures \result == ERR_GRANT_BAD_PEER <==> peer != me && (peer >= CONFIG_TASKS || !peer_alive);
  @ complete behaviors;
  @ disjoint behaviors;
  @*/
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

/*@ requires \valid_read(table + (0 .. CONFIG_GRANTS - 1)) && me < GRANT_NONE;
  @ assigns \nothing;
  @ ensures \result == ERR_GRANT_BAD_ID <==> id >= CONFIG_GRANTS;
  @ ensures \result == STATUS_OK <==> id < CONFIG_GRANTS && (table[id].owner == me || table[id].owner == GRANT_NONE);
  @ ensures \result == ERR_GRANT_NOT_OWNER <==>
  @   id < CONFIG_GRANTS && table[id].owner != me && table[id].owner != GRANT_NONE;
  @*/
status_t grant_revoke_check(const struct grant *table, uint64_t id, uint32_t me)
{
    if (id >= CONFIG_GRANTS)
        return ERR_GRANT_BAD_ID;
    if (table[id].owner != GRANT_NONE && table[id].owner != me)
        return ERR_GRANT_NOT_OWNER;
    return STATUS_OK;
}

/*@ requires task < GRANT_NONE;
  @ assigns \nothing;
  @ // A dead task keeps nothing: in each case, the slot afterwards names it no more.
  @ behavior other: // nobody else's grant changes
  @   assumes !grant_names(g, task);
  @   ensures \result.next == g;
  @   ensures \result.unmap[0] == GRANT_NONE && \result.unmap[1] == GRANT_NONE;
  @ behavior owner: // all lose the page, and the slot is free
  @   assumes g.owner == task;
  @   ensures grant_free(\result.next);
  @   ensures \result.unmap[0] == g.owner && \result.unmap[1] == g.peer;
  @ behavior peer: // only the dead task loses it
  @   assumes g.owner != task && g.peer == task;
  @   ensures \result.next.owner == g.owner && \result.next.peer == GRANT_NONE && !\result.next.active;
  @   ensures \result.unmap[0] == g.peer && \result.unmap[1] == GRANT_NONE;
  @ complete behaviors;
  @ disjoint behaviors;
  @*/
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
