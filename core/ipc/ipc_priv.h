/* SPDX-License-Identifier: MIT */
/* State of core/ipc; everything is guarded by `lock` unless said otherwise. */
#pragma once
#include <abi/status.h>
#include <config/config.h>
#include <ipc/endpoint.h>
#include <ipc/grant.h>
#include <ipc/ipc.h>
#include <ipc/irq_binding.h>
#include <sched/sched.h>
#include <sync/spinlock.h>

extern struct lock_role ipc_role; /* what `lock` guards, to the compiler */

struct ipc_thread {
    uint64_t msg[4];    /* what it sends while it waits, what it got when it is woken */
    uint64_t pending;   /* notification bits */
    uint16_t endpoint;  /* where it waits as sender or caller, or EP_NONE */
    bool calling;       /* its message is a CALL */
    bool notify_wait;   /* waits in WAIT_NOTIFY */
    bool attached;      /* exists */
    bool alive;         /* started and not dead */
    uint32_t receives;  /* endpoints it may receive on; 0 once it has ended */
};

struct ipc_state {
    struct spinlock lock;
    struct endpoint ep[CONFIG_ENDPOINTS] GUARDED_BY(ipc_role);
    uint32_t receivers[CONFIG_ENDPOINTS] GUARDED_BY(ipc_role); /* tasks that may still receive on it */
    struct ipc_thread thread[CONFIG_TASKS] GUARDED_BY(ipc_role);
    uint32_t base[CONFIG_TASKS];          /* [I] base priorities */
    uint32_t prio[CONFIG_TASKS] GUARDED_BY(ipc_role); /* effective ones */
    struct grant grant[CONFIG_GRANTS] GUARDED_BY(ipc_role);
    paddr_t grant_page[CONFIG_GRANTS];    /* [I] */
    struct irq_binding irq[CONFIG_IRQ_BINDINGS] GUARDED_BY(ipc_role);
};

struct ipc_state *ipc_state(void);
UNCHECKED_LOCKS static inline void ipc_lock(void) TAKES_LOCK(ipc_role)
{
    spin_lock(&ipc_state()->lock);
}

UNCHECKED_LOCKS static inline void ipc_unlock(void) RELEASES_LOCK(ipc_role)
{
    spin_unlock(&ipc_state()->lock);
}

/** sched_block() and sched_wake_and_block() with the lock as the outer one. */
UNCHECKED_LOCKS MUST_CHECK static inline status_t ipc_block(void) RELEASES_LOCK(ipc_role)
{
    return sched_block(&ipc_state()->lock);
}

UNCHECKED_LOCKS MUST_CHECK static inline status_t ipc_wake_and_block(struct thread *woken) RELEASES_LOCK(ipc_role)
{
    return sched_wake_and_block(woken, STATUS_OK, &ipc_state()->lock);
}

/** The priority that `index` should run at: its base, or the highest that waits for it as a server. Lock held. */
uint32_t ipc_effective_locked(const struct ipc_state *s, uint32_t index) REQUIRES_LOCK(ipc_role);
/** Recompute the effective priority of `index` and of whom it waits for in turn. Lock held. */
void ipc_reprioritize_locked(uint32_t index) REQUIRES_LOCK(ipc_role);
/** As ipc_notify(), lock held. */
status_t ipc_notify_locked(uint64_t target, uint64_t bits) REQUIRES_LOCK(ipc_role);
/** The parts of ipc_cleanup(). Lock held. */
void ipc_endpoints_cleanup_locked(uint32_t index, bool ended) REQUIRES_LOCK(ipc_role);
void ipc_grants_cleanup_locked(uint32_t index) REQUIRES_LOCK(ipc_role);
void ipc_irqs_cleanup_locked(uint32_t index) REQUIRES_LOCK(ipc_role);
/** Prepare the grant pages and the interrupt handlers. Boot context. */
status_t ipc_grants_init(void);
status_t ipc_irqs_init(void);
