/* SPDX-License-Identifier: MIT */
/* Time and the ends of threads: ticks, epochs, restarts, faults, exits, kills. */
#include "sched_priv.h"

#include <abi/status.h>
#include <arch/atomic.h>
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/smp.h>
#include <diag/counters.h>
#include <diag/panic.h>
#include <diag/trace.h>

uint64_t sched_ticks(void)
{
    return __atomic_load_n(&sched_state()->tick, __ATOMIC_RELAXED);
}

void sched_set_tick_hook(void (*hook)(uint64_t tick))
{
    sched_state()->tick_hook = hook;
}

void sched_set_idle_hook(void (*hook)(void))
{
    sched_state()->idle_hook = hook;
}

/* Charge the running thread and end its turn if an equal or higher one waits. */
static void charge_locked(struct sched_state *s, struct sched_cpu *cpu) REQUIRES_LOCK(sched_role)
{
    struct thread *t = cpu->current;

    if (t->index == THREAD_NONE)
        return;
    t->used++;
    if (budget_exhausted(t->budget, t->used) || runq_top(&s->runq) >= (int32_t)t->prio) {
        cpu->slice_over = 1;
        arch_atomic_store32(&cpu->resched, 1);
    }
}

static void epoch_locked(struct sched_state *s) REQUIRES_LOCK(sched_role)
{
    for (uint32_t i = 0; i < CONFIG_TASKS; i++)
        s->thread[i].used = 0;
    while (waitq_first(&s->exhausted) != WAITQ_NONE) {
        struct thread *t = &s->thread[waitq_first(&s->exhausted)];

        waitq_remove(s->links, &s->exhausted, t->index);
        sched_make_ready_locked(t, false);
    }
}

/* The queue is in the order of the faults and the delay is the same for all, so only its head can be due. */
static void restart_locked(struct sched_state *s, uint64_t now) REQUIRES_LOCK(sched_role)
{
    while (waitq_first(&s->restarting) != WAITQ_NONE) {
        struct thread *t = &s->thread[waitq_first(&s->restarting)];

        if (!restart_due(t->state, t->since, now))
            return;
        waitq_remove(s->links, &s->restarting, t->index);
        t->state = THREAD_READY;
        t->prio = t->base_prio;
        t->used = 0;
        arch_atomic_store32(&t->kill, 0);
        sched_make_ready_locked(t, false);
    }
}

void sched_tick(void *unused)
{
    struct sched_state *s = sched_state();
    struct sched_cpu *cpu = sched_cpu_here();
    bool first = arch_cpu_id() == 0;
    uint64_t now = sched_ticks() + 1;

    (void)unused;
    arch_counter_add(&counters_get()->interrupts, 1);
    if (!first && cpu->current->index == THREAD_NONE)
        return; /* nobody to charge */
    sched_lock();
    if (first) {
        __atomic_store_n(&s->tick, now, __ATOMIC_RELAXED);
        trace(TRACE_TICK, TRACE_NO_THREAD, now, 0, 0, 0);
    }
    charge_locked(s, cpu);
    if (first && epoch_due(now))
        epoch_locked(s);
    if (first)
        restart_locked(s, now);
    sched_unlock();
    if (first && s->tick_hook)
        s->tick_hook(now);
}

void sched_reschedule(void *unused)
{
    (void)unused;
    arch_counter_add(&counters_get()->interrupts, 1);
}

void sched_fault(bool restart)
{
    struct sched_state *s = sched_state();
    struct thread *t;

    spin_expect_none("sleep");
    sched_lock();
    t = sched_cpu_here()->current;
    t->state = THREAD_FAULTED;
    t->since = s->tick;
    trace(TRACE_STATE, t->index, THREAD_FAULTED, 0, 0, 0);
    if (restart)
        waitq_push(s->links, &s->restarting, t->index);
    sched_switch_locked();
    sched_unlock();
}

NORETURN void sched_exit(void)
{
    struct thread *t;

    spin_expect_none("sleep");
    sched_lock();
    t = sched_cpu_here()->current;
    t->state = THREAD_EXITED;
    trace(TRACE_STATE, t->index, THREAD_EXITED, 0, 0, 0);
    sched_switch_locked();
    panic("an exited thread ran again");
}

void sched_kill(struct thread *thread)
{
    sched_lock();
    arch_atomic_store32(&thread->kill, 1);
    if (thread->state == THREAD_RUNNING && thread->cpu != arch_cpu_id())
        arch_send_ipi(1u << thread->cpu, ARCH_VECTOR_RESCHEDULE);
    sched_unlock();
}

bool sched_is_blocked(const struct thread *thread)
{
    bool blocked;

    sched_lock();
    blocked = thread->state == THREAD_BLOCKED;
    sched_unlock();
    return blocked;
}

uint32_t sched_count(enum thread_state state)
{
    struct sched_state *s = sched_state();
    uint32_t n = 0;

    sched_lock();
    for (uint32_t i = 0; i < CONFIG_TASKS; i++)
        n += s->thread[i].state == state;
    sched_unlock();
    return n;
}
