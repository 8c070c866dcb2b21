/* SPDX-License-Identifier: MIT */
/* Invariants of the scheduler, and its state as a hash: indices and numbers only, never addresses. */
#include <sched/check.h>

#include "sched_priv.h"

#include <arch/cpu.h>

/* Members of a queue, or UINT32_MAX if its links are damaged or lead to threads that do not belong there. */
static uint32_t walk(const struct sched_state *s, const struct waitq *q, enum thread_state want) REQUIRES_LOCK(sched_role)
{
    uint32_t prev = WAITQ_NONE, n = 0;

    for (uint32_t i = q->head; i != WAITQ_NONE; i = s->links[i].next) {
        if (i >= CONFIG_TASKS || ++n > CONFIG_TASKS || s->links[i].prev != prev || !s->links[i].linked ||
            s->thread[i].state != want)
            return UINT32_MAX;
        prev = i;
    }
    return q->tail == prev ? n : UINT32_MAX;
}

static const char *check_queues(const struct sched_state *s) REQUIRES_LOCK(sched_role)
{
    uint32_t linked = 0, total = 0, n;

    for (uint32_t level = 0; level < SCHED_LEVELS; level++) {
        n = walk(s, &s->runq.level[level], THREAD_READY);
        if (n == UINT32_MAX)
            return "a level of the run queue is damaged";
        if ((n > 0) != ((s->runq.levels >> level & 1u) != 0))
            return "the level bitmap disagrees with the levels";
        for (uint32_t i = s->runq.level[level].head; i != WAITQ_NONE; i = s->links[i].next)
            if (s->thread[i].prio != level)
                return "a ready thread is in another level than its priority";
        total += n;
    }
    n = walk(s, &s->exhausted, THREAD_READY);
    total += n;
    if (n == UINT32_MAX)
        return "the queue of exhausted threads is damaged";
    n = walk(s, &s->restarting, THREAD_FAULTED);
    total += n;
    if (n == UINT32_MAX)
        return "the queue of restarting threads is damaged";
    for (uint32_t i = 0; i < CONFIG_TASKS; i++)
        linked += s->links[i].linked;
    return linked == total ? NULL : "a linked thread is in no queue";
}

static const char *check_threads(const struct sched_state *s) REQUIRES_LOCK(sched_role)
{
    for (uint32_t i = 0; i < CONFIG_TASKS; i++) {
        const struct thread *t = &s->thread[i];

        if (t->state == THREAD_READY && !s->links[i].linked)
            return "a ready thread is in no queue";
        if (t->state == THREAD_RUNNING && s->cpu[t->cpu].current != t)
            return "a running thread is current on no CPU";
        if (t->state != THREAD_INACTIVE && t->prio < t->base_prio)
            return "an effective priority is below its base";
    }
    for (uint32_t i = 0; i < arch_cpu_count(); i++)
        if (s->cpu[i].online && s->cpu[i].current->state != THREAD_RUNNING)
            return "a CPU's current thread is not running";
    return NULL;
}

static const char *sched_check(void)
{
    struct sched_state *s = sched_state();
    const char *broken;

    sched_lock();
    broken = check_queues(s);
    if (!broken)
        broken = check_threads(s);
    sched_unlock();
    return broken;
}

static void hash_registers(struct hash *hash, const struct arch_user *user)
{
    const char *name;
    uint64_t value;

    for (uint32_t i = 0; arch_user_register(user, i, &name, &value); i++)
        hash_u64(hash, value);
}

/* Of a machine that stands still. */
UNCHECKED_LOCKS static void sched_hash(struct hash *hash)
{
    const struct sched_state *s = sched_state();

    hash_u64(hash, s->tick);
    for (uint32_t i = 0; i < CONFIG_TASKS; i++) {
        const struct thread *t = &s->thread[i];

        hash_u64(hash, (uint64_t)t->state << 32 | t->prio << 16 | t->used);
        hash_u64(hash, (uint64_t)s->links[i].next << 32 | s->links[i].linked << 16 | t->cpu);
        hash_u64(hash, t->since);
        hash_registers(hash, &t->user);
    }
    for (uint32_t i = 0; i < ARCH_MAX_CPUS; i++)
        hash_u64(hash, s->cpu[i].current ? s->cpu[i].current->index : 0);
}

const struct check_module sched_check_module = {.name = "sched", .check = sched_check, .hash = sched_hash};
