/* SPDX-License-Identifier: MIT */
/* Invariants of communication, and its state as a hash. */
#include "ipc_priv.h"

#include <sched/sched.h>
#include <sched/thread.h>

static bool waits(const struct ipc_state *s, uint32_t index, uint32_t ep) REQUIRES_LOCK(ipc_role)
{
    return s->thread[index].endpoint == ep;
}

static const char *check_endpoint(const struct ipc_state *s, uint32_t ep) REQUIRES_LOCK(ipc_role)
{
    const struct endpoint *e = &s->ep[ep];

    if (e->senders.head >= EP_QUEUE || e->senders.count > EP_QUEUE)
        return "a sender queue is damaged";
    if (e->senders.count > 0 && e->receiver != EP_NONE)
        return "a receiver waits although messages are queued";
    if (e->receiver != EP_NONE && e->server != EP_NONE)
        return "an endpoint has a receiver and a server";
    if (e->caller != EP_NONE && e->server == EP_NONE)
        return "a caller is owed a reply by nobody";
    if (e->caller != EP_NONE && (e->caller == e->server || !waits(s, e->caller, ep)))
        return "a caller does not wait for its reply";
    for (uint32_t i = 0; i < e->senders.count; i++) {
        uint32_t t = e->senders.thread[(e->senders.head + i) % EP_QUEUE];

        if (t >= CONFIG_TASKS || !s->thread[t].alive || !waits(s, t, ep))
            return "a queued sender does not wait there";
    }
    return NULL;
}

/* The other way round: who believes to wait as a sender or caller is known to the endpoint as such. */
static const char *check_waits(const struct ipc_state *s) REQUIRES_LOCK(ipc_role)
{
    for (uint32_t t = 0; t < CONFIG_TASKS; t++) {
        uint32_t ep = s->thread[t].endpoint;

        if (!s->thread[t].attached || ep == EP_NONE)
            continue;
        if (ep >= CONFIG_ENDPOINTS || (s->ep[ep].caller != t && !ep_queue_contains(s->ep[ep].senders, t)))
            return "a task waits where nobody knows of it";
    }
    return NULL;
}

static bool receives_now(const struct ipc_state *s, uint32_t index) REQUIRES_LOCK(ipc_role)
{
    for (uint32_t i = 0; i < CONFIG_ENDPOINTS; i++)
        if (s->ep[i].receiver == index)
            return true;
    return false;
}

/* Whoever sleeps can be woken: a lost wake-up leaves a task that nobody will ever look for. */
static const char *check_sleepers(const struct ipc_state *s) REQUIRES_LOCK(ipc_role)
{
    for (uint32_t t = 0; t < CONFIG_TASKS; t++) {
        if (!s->thread[t].attached)
            continue;
        if (s->thread[t].notify_wait && s->thread[t].pending != 0)
            return "a task waits for a notification that it has";
        if (!s->thread[t].notify_wait && s->thread[t].endpoint == EP_NONE && !receives_now(s, t) && sched_is_blocked(thread_get(t)))
            return "a task sleeps and waits for nothing";
    }
    return NULL;
}

static const char *check_grants(const struct ipc_state *s) REQUIRES_LOCK(ipc_role)
{
    for (uint32_t i = 0; i < CONFIG_GRANTS; i++) {
        const struct grant *g = &s->grant[i];

        if (g->active && (g->owner == GRANT_NONE || g->peer == GRANT_NONE || g->owner == g->peer))
            return "an active grant lacks a party";
        if (g->owner == GRANT_NONE && g->peer != GRANT_NONE)
            return "a free grant has a peer";
        if (g->owner != GRANT_NONE && !s->thread[g->owner].alive)
            return "a dead task owns a grant";
        if (g->peer != GRANT_NONE && !s->thread[g->peer].alive)
            return "a dead task is peer of a grant";
    }
    return NULL;
}

static const char *check_irqs(const struct ipc_state *s) REQUIRES_LOCK(ipc_role)
{
    for (uint32_t i = 0; i < CONFIG_IRQ_BINDINGS; i++) {
        if (!s->irq[i].active)
            continue;
        if (!s->thread[s->irq[i].task].alive)
            return "a dead task has an interrupt bound";
        if (irq_binding_find(s->irq, s->irq[i].irq) != i)
            return "an interrupt is bound twice";
    }
    return NULL;
}

static const char *check_threads(const struct ipc_state *s) REQUIRES_LOCK(ipc_role)
{
    uint32_t can[CONFIG_ENDPOINTS] = {0};

    for (uint32_t t = 0; t < CONFIG_TASKS; t++) {
        if (s->prio[t] != ipc_effective_locked(s, t))
            return "a priority is not what its waiters lend";
        for (uint32_t i = 0; i < CONFIG_ENDPOINTS; i++)
            can[i] += s->thread[t].receives >> i & 1u;
    }
    for (uint32_t i = 0; i < CONFIG_ENDPOINTS; i++)
        if (can[i] != s->receivers[i])
            return "a count of possible receivers is wrong";
    return NULL;
}

static const char *ipc_check(void)
{
    struct ipc_state *s = ipc_state();
    const char *broken = NULL;

    ipc_lock();
    for (uint32_t i = 0; i < CONFIG_ENDPOINTS && !broken; i++)
        broken = check_endpoint(s, i);
    if (!broken)
        broken = check_waits(s);
    if (!broken)
        broken = check_sleepers(s);
    if (!broken)
        broken = check_grants(s);
    if (!broken)
        broken = check_irqs(s);
    if (!broken)
        broken = check_threads(s);
    ipc_unlock();
    return broken;
}

/* Of a machine that stands still. */
UNCHECKED_LOCKS static void ipc_hash(struct hash *hash)
{
    const struct ipc_state *s = ipc_state();

    for (uint32_t i = 0; i < CONFIG_ENDPOINTS; i++) {
        const struct endpoint *e = &s->ep[i];

        hash_u64(hash, (uint64_t)e->receiver << 32 | (uint64_t)e->server << 16 | e->caller);
        for (uint32_t k = 0; k < e->senders.count; k++)
            hash_u64(hash, e->senders.thread[(e->senders.head + k) % EP_QUEUE]);
    }
    for (uint32_t t = 0; t < CONFIG_TASKS; t++) {
        hash_u64(hash, s->thread[t].pending);
        hash_u64(hash, (uint64_t)s->thread[t].endpoint << 32 | (uint64_t)s->prio[t] << 8 | s->thread[t].alive);
    }
    for (uint32_t i = 0; i < CONFIG_GRANTS; i++)
        hash_u64(hash, (uint64_t)s->grant[i].owner << 32 | (uint64_t)s->grant[i].peer << 16 | s->grant[i].active);
    for (uint32_t i = 0; i < CONFIG_IRQ_BINDINGS; i++)
        if (s->irq[i].active)
            hash_u64(hash, (uint64_t)s->irq[i].irq << 32 | (uint64_t)s->irq[i].task << 8 | s->irq[i].pending_ack);
}

static const char *ipc_leak(void)
{
    struct ipc_state *s = ipc_state();
    const char *left = NULL;

    ipc_lock();
    for (uint32_t i = 0; i < CONFIG_ENDPOINTS; i++)
        if (s->ep[i].senders.count != 0 || s->ep[i].receiver != EP_NONE || s->ep[i].server != EP_NONE)
            left = "an endpoint has a queue entry, a receiver or a server";
    for (uint32_t i = 0; i < CONFIG_GRANTS; i++)
        if (s->grant[i].owner != GRANT_NONE)
            left = "a grant is in use";
    for (uint32_t i = 0; i < CONFIG_IRQ_BINDINGS; i++)
        if (s->irq[i].active)
            left = "an interrupt is bound";
    ipc_unlock();
    return left;
}

const struct check_module ipc_check_module = {.name = "ipc", .check = ipc_check, .hash = ipc_hash, .leak = ipc_leak};
