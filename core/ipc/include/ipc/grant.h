/* SPDX-License-Identifier: MIT */
/*
 * Grant slots: one page each, shared by an owner and a peer. Pure decisions over the table. A slot whose peer has died
 * stays with its owner (the page is still mapped there) until the owner revokes it or dies, so that no page is ever mapped
 * by a task that the slot does not name.
 */
#pragma once
#include <abi/types.h>
#include <base/compiler.h>

#define GRANT_NONE 0xFFFFu

struct grant {
    uint16_t owner; /* maps the page; GRANT_NONE: the slot is free */
    uint16_t peer;  /* maps the page too; GRANT_NONE: none (any more) */
    bool active;    /* both map it */
};

/** May `me` create grant `id` with `peer`? STATUS_OK, or GRANT_BAD_ID, GRANT_ACTIVE, GRANT_BAD_PEER, GRANT_SELF. */
MUST_CHECK status_t grant_create_check(const struct grant *table, uint64_t id, uint32_t me, uint64_t peer, bool peer_alive);
/** May `me` revoke grant `id`? STATUS_OK (also for a free slot), GRANT_BAD_ID or GRANT_NOT_OWNER. */
MUST_CHECK status_t grant_revoke_check(const struct grant *table, uint64_t id, uint32_t me);

/** What the death of a task does to a slot. */
struct grant_death {
    struct grant next;  /* the slot afterwards */
    uint16_t unmap[2];  /* tasks that lose the page, or GRANT_NONE */
};
struct grant_death grant_on_death(struct grant g, uint32_t task);
