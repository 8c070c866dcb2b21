/* SPDX-License-Identifier: MIT */
/* Tasks that have stopped making progress: the watchdog, and the search for a deadlock. */
#include "task_priv.h"

#include <arch/atomic.h>
#include <arch/cpu.h>
#include <diag/log.h>
#include <ipc/ipc.h>
#include <sched/sched.h>

void task_heartbeat(struct task *task, uint64_t interval)
{
    task_lock();
    task->heartbeat = interval;
    task->last_beat = sched_ticks();
    task_unlock();
}

static bool overdue(const struct task *t, uint64_t now)
{
    bool yes;

    task_lock();
    yes = t->alive && watchdog_expired(now, t->last_beat, t->heartbeat);
    task_unlock();
    return yes;
}

void task_watchdog(uint64_t tick)
{
    struct task_state *s = task_state();

    if (tick % SCHED_WATCHDOG_PERIOD != 0)
        return;
    for (uint32_t i = 0; i < CONFIG_TASKS; i++) {
        struct task *t = &s->task[i];

        if (!t->used || !overdue(t, tick) || arch_atomic_exchange32(&t->expired, 1) != 0)
            continue;
        sched_kill(t->thread);
        ipc_cancel(i);
    }
}

/* A watched task that sleeps will be faulted in time: that is an event to come. */
static bool anybody_watched(struct task_state *s)
{
    bool watched = false;

    task_lock();
    for (uint32_t i = 0; i < CONFIG_TASKS; i++)
        watched = watched || (s->task[i].used && s->task[i].alive && s->task[i].heartbeat != 0);
    task_unlock();
    return watched;
}

void task_check_deadlock(void)
{
    struct task_state *s = task_state();
    char wait[24];

    if (sched_count(THREAD_BLOCKED) == 0 || anybody_watched(s) || !arch_quiescent())
        return;
    if (!task_stop_begin(ARCH_OFF_DEADLOCK, 0))
        return; /* another CPU found it first, or the machine stops anyway */
    log_err("[aegis] deadlock: no task can run, and nothing will ever wake one");
    for (uint32_t i = 0; i < CONFIG_TASKS; i++) {
        const struct task *t = &s->task[i];

        if (t->used && t->thread->state == THREAD_BLOCKED)
            log_plain("  task %u (%s) waits: %s", i, t->config.name,
                      ipc_wait_name(i, wait, sizeof(wait)) ? wait : "?");
    }
    task_stop_finish(true);
}
