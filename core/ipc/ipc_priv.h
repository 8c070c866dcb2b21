/* SPDX-License-Identifier: MIT */
/* State of core/ipc; everything is guarded by `lock` unless said otherwise. */
#pragma once
#include <config/config.h>
#include <ipc/endpoint.h>
#include <ipc/grant.h>
#include <ipc/ipc.h>
#include <ipc/irq_binding.h>
#include <sync/spinlock.h>

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
    struct endpoint ep[CONFIG_ENDPOINTS];
    uint32_t receivers[CONFIG_ENDPOINTS]; /* tasks that may still receive on it */
    struct ipc_thread thread[CONFIG_TASKS];
    uint32_t base[CONFIG_TASKS];          /* [I] base priorities */
    uint32_t prio[CONFIG_TASKS];          /* effective ones */
    struct grant grant[CONFIG_GRANTS];
    paddr_t grant_page[CONFIG_GRANTS];    /* [I] */
    struct irq_binding irq[CONFIG_IRQ_BINDINGS];
};

struct ipc_state *ipc_state(void);

/** The priority that `index` should run at: its base, or the highest that waits for it as a server. Lock held. */
uint32_t ipc_effective_locked(const struct ipc_state *s, uint32_t index);
/** Recompute the effective priority of `index` and of whom it waits for in turn. Lock held. */
void ipc_reprioritize_locked(uint32_t index);
/** As ipc_notify(), lock held. */
status_t ipc_notify_locked(uint64_t target, uint64_t bits);
/** The parts of ipc_cleanup(). Lock held. */
void ipc_endpoints_cleanup_locked(uint32_t index, bool ended);
void ipc_grants_cleanup_locked(uint32_t index);
void ipc_irqs_cleanup_locked(uint32_t index);
/** Prepare the grant pages and the interrupt handlers. Boot context. */
status_t ipc_grants_init(void);
status_t ipc_irqs_init(void);
