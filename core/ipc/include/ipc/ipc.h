/* SPDX-License-Identifier: MIT */
/*
 * Communication of static tasks: endpoints, notifications, grants, interrupt bindings. Tasks are named by thread index.
 * One lock (rank IPC) guards all of it; calls that wait sleep in place and are called in the thread's own context.
 *
 * When a task dies (fault, watchdog or exit) ipc_cleanup() removes it everywhere: who waited for its reply is woken with
 * PEER_CLOSED, its grants and interrupt bindings are released. An endpoint that no task can ever receive on again fails its
 * senders with PEER_CLOSED too, instead of letting them wait for ever.
 */
#pragma once
#include <abi/types.h>
#include <base/compiler.h>
#include <diag/check.h>

extern const struct check_module ipc_check_module;

/** Prepare tables, grant pages and interrupt handlers. Boot context, once. NO_MEMORY. */
MUST_CHECK status_t ipc_init(void);
/** Make task `index` known and alive: its base priority, the endpoints it may ever receive on (bit mask). Boot context. */
void ipc_attach(uint32_t index, uint32_t prio, uint32_t receives);
/** The task starts (again): alive. */
void ipc_start(uint32_t index);
/** The task died. `ended`: for good, it will not start again. In its own context. */
void ipc_cleanup(uint32_t index, bool ended);
/** Wake the task from whatever wait of this module it is in, with KILLED. After sched_kill(). Interrupt context allowed. */
void ipc_cancel(uint32_t index);

/** SEND. Errors: BAD_ENDPOINT, QUEUE_FULL, PEER_CLOSED, KILLED. */
MUST_CHECK status_t ipc_send(uint32_t me, uint64_t ep, const uint64_t w[4]);
/** CALL: as SEND, then the reply in `reply`. Also REPLY_OWED. */
MUST_CHECK status_t ipc_call(uint32_t me, uint64_t ep, const uint64_t w[4], uint64_t reply[4]);
/** RECV. Errors: BAD_ENDPOINT, RECEIVER_BUSY, REPLY_OWED, KILLED. */
MUST_CHECK status_t ipc_recv(uint32_t me, uint64_t ep, uint64_t w[4]);

/** NOTIFY. `bits` 0 does nothing. BAD_TARGET: no such task, or not alive. Interrupt context allowed. */
MUST_CHECK status_t ipc_notify(uint64_t target, uint64_t bits);
/** WAIT_NOTIFY. KILLED. */
MUST_CHECK status_t ipc_wait_notify(uint32_t me, uint64_t *bits);

/** GRANT_CREATE: GRANT_* errors, NO_MEMORY for the slot or page tables (nothing is kept). */
MUST_CHECK status_t ipc_grant_create(uint32_t me, uint64_t id, uint64_t peer);
/** GRANT_REVOKE: GRANT_* errors; a free slot is no error. */
MUST_CHECK status_t ipc_grant_revoke(uint32_t me, uint64_t id);

/**
 * Copy `len` bytes from the task's own memory; meanwhile no grant comes or goes, on any CPU. BAD_ADDRESS: some byte is
 * outside the user range or not readable by the task.
 */
MUST_CHECK status_t ipc_copy_in(uint32_t me, void *dst, struct uaddr src, size_t len);

/** IRQ_BIND and IRQ_ACK: IRQ_* errors. */
MUST_CHECK status_t ipc_irq_bind(uint32_t me, uint64_t irq, uint64_t bits);
MUST_CHECK status_t ipc_irq_ack(uint32_t me, uint64_t irq);

/** What task `index` waits for, for reports: "send ep0", "reply ep0", "recv ep1", "notify", or NULL. A snapshot. */
const char *ipc_wait_name(uint32_t index, char *out, size_t size);
/** Owner and peer of grant `id` if its page is mapped in task `index`; for reports. */
bool ipc_grant_maps(uint32_t id, uint32_t index, uint32_t *owner);
