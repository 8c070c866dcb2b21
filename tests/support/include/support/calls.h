/* SPDX-License-Identifier: MIT */
/* The system calls as test programs make them; see core/abi/aegis.tbl. */
#pragma once
#include <abi/aegis_nr.h>
#include <null/user.h>

static inline struct null_result u_yield(struct arch_user *u)
{
    return null_call(u, AEGIS_NR_YIELD, 0, 0, 0, 0, 0);
}

static inline struct null_result u_send(struct arch_user *u, uint64_t ep, uint64_t w0)
{
    return null_call(u, AEGIS_NR_SEND, ep, w0, w0 + 1, w0 + 2, w0 + 3);
}

static inline struct null_result u_recv(struct arch_user *u, uint64_t ep)
{
    return null_call(u, AEGIS_NR_RECV, ep, 0, 0, 0, 0);
}

static inline struct null_result u_call(struct arch_user *u, uint64_t ep, uint64_t w0)
{
    return null_call(u, AEGIS_NR_CALL, ep, w0, w0 + 1, w0 + 2, w0 + 3);
}

static inline struct null_result u_write(struct arch_user *u, uint64_t va, uint64_t len)
{
    return null_call(u, AEGIS_NR_WRITE, 0, va, len, 0, 0);
}

static inline struct null_result u_notify(struct arch_user *u, uint64_t task, uint64_t bits)
{
    return null_call(u, AEGIS_NR_NOTIFY, task, bits, 0, 0, 0);
}

static inline struct null_result u_wait_notify(struct arch_user *u)
{
    return null_call(u, AEGIS_NR_WAIT_NOTIFY, 0, 0, 0, 0, 0);
}

static inline struct null_result u_grant_create(struct arch_user *u, uint64_t id, uint64_t peer)
{
    return null_call(u, AEGIS_NR_GRANT_CREATE, peer, id, 0, 0, 0);
}

static inline struct null_result u_grant_revoke(struct arch_user *u, uint64_t id)
{
    return null_call(u, AEGIS_NR_GRANT_REVOKE, 0, id, 0, 0, 0);
}

static inline struct null_result u_irq_bind(struct arch_user *u, uint64_t irq, uint64_t bits)
{
    return null_call(u, AEGIS_NR_IRQ_BIND, 0, irq, bits, 0, 0);
}

static inline struct null_result u_irq_ack(struct arch_user *u, uint64_t irq)
{
    return null_call(u, AEGIS_NR_IRQ_ACK, 0, irq, 0, 0, 0);
}

static inline struct null_result u_device_map(struct arch_user *u, uint64_t dev)
{
    return null_call(u, AEGIS_NR_DEVICE_MAP, 0, dev, 0, 0, 0);
}

static inline struct null_result u_heartbeat(struct arch_user *u, uint64_t interval)
{
    return null_call(u, AEGIS_NR_HEARTBEAT, 0, interval, 0, 0, 0);
}

static inline void u_exit(struct arch_user *u, uint64_t code)
{
    (void)null_call(u, AEGIS_NR_EXIT, 0, code, 0, 0, 0);
}

/** Fault: an undefined instruction. */
static inline void u_crash(struct arch_user *u)
{
    null_trap(u, (struct arch_trap){.kind = ARCH_TRAP_ILLEGAL});
}
