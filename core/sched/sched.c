/* SPDX-License-Identifier: MIT */
/* Who runs where: the ready queue, the switch, preemption and the idle loop. */
#include "sched_priv.h"

#include <abi/status.h>
#include <arch/atomic.h>
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/smp.h>
#include <diag/console.h>
#include <diag/counters.h>
#include <diag/panic.h>
#include <diag/trace.h>

static KSTATE struct sched_state state = {.lock = SPINLOCK_INIT("sched", LOCK_RANK_SCHED)};

struct sched_state *sched_state(void)
{
    return &state;
}

struct sched_cpu *sched_cpu_here(void)
{
    return &state.cpu[arch_cpu_id()];
}

void sched_init(void)
{
    runq_init(&state.runq);
    waitq_init(&state.exhausted);
    waitq_init(&state.restarting);
    waitq_links_init(state.links, CONFIG_TASKS);
    for (uint32_t i = 0; i < ARCH_MAX_CPUS; i++) {
        state.idle[i].index = THREAD_NONE;
        state.idle[i].state = THREAD_RUNNING;
        state.idle[i].cpu = i;
        state.cpu[i].current = &state.idle[i];
    }
}

/* Priority that CPU `i` runs at now; -1 while idle, above everything while not started. */
static int32_t running_prio(uint32_t i) REQUIRES_LOCK(sched_role)
{
    const struct sched_cpu *c = &state.cpu[i];

    if (!c->online)
        return SCHED_LEVELS;
    return c->current->index == THREAD_NONE ? -1 : (int32_t)c->current->prio;
}

static void ask_reschedule(uint32_t cpu) REQUIRES_LOCK(sched_role)
{
    arch_atomic_store32(&state.cpu[cpu].resched, 1);
    if (cpu != arch_cpu_id())
        arch_send_ipi(1u << cpu, ARCH_VECTOR_RESCHEDULE);
}

static void preempt_for(uint32_t prio) REQUIRES_LOCK(sched_role)
{
    int32_t running[ARCH_MAX_CPUS];
    uint32_t cpus = arch_cpu_count();
    int32_t target;

    for (uint32_t i = 0; i < cpus; i++)
        running[i] = running_prio(i);
    target = preempt_target(running, cpus, prio);
    if (target >= 0)
        ask_reschedule((uint32_t)target);
}

void sched_make_ready_locked(struct thread *thread, bool front)
{
    if (budget_exhausted(thread->budget, thread->used)) {
        waitq_push(state.links, &state.exhausted, thread->index);
        return;
    }
    runq_insert(&state.runq, state.links, thread->index, thread->prio, front);
    preempt_for(thread->prio);
}

static struct thread *take_next(const struct sched_cpu *cpu) REQUIRES_LOCK(sched_role)
{
    uint32_t index = runq_take(&state.runq, state.links);

    return index == WAITQ_NONE ? &state.idle[cpu - state.cpu] : &state.thread[index];
}

/* Whatever asked for another pick has been heard. */
static void end_turn(struct sched_cpu *cpu)
{
    arch_atomic_store32(&cpu->resched, 0);
    cpu->slice_over = 0;
}

static void switch_to_locked(struct sched_cpu *cpu, struct thread *next) REQUIRES_LOCK(sched_role)
{
    struct thread *prev = cpu->current;

    end_turn(cpu);
    next->state = THREAD_RUNNING;
    if (next == prev)
        return;
    next->cpu = arch_cpu_id();
    cpu->current = next;
    /* Several wake-ups may have asked this one CPU: pass on what it did not take. */
    if (state.runq.levels != 0)
        preempt_for((uint32_t)runq_top(&state.runq));
    arch_counter_add(&counters_get()->switches, 1);
    trace(TRACE_SWITCH, next->index, prev->index, 0, 0, 0);
    if (next->space && next->space != cpu->space) {
        cpu->space = next->space;
        arch_switch_address_space(next->space);
    }
    if (next->index != THREAD_NONE)
        arch_set_kernel_stack(&next->stack);
    arch_context_switch(&prev->context, &next->context);
}

void sched_switch_locked(void)
{
    struct sched_cpu *cpu = sched_cpu_here();

    switch_to_locked(cpu, take_next(cpu));
}

/* Give the current thread's CPU away; the thread stays ready. */
static void reschedule_locked(struct thread *t, bool front) REQUIRES_LOCK(sched_role)
{
    if (t->index != THREAD_NONE) {
        t->state = THREAD_READY;
        sched_make_ready_locked(t, front);
    }
    sched_switch_locked();
}

void sched_point(void)
{
    struct sched_cpu *cpu = sched_cpu_here();

    spin_expect_none("sleep");
    if (LIKELY(!arch_atomic_load32(&cpu->resched)))
        return;
    sched_lock();
    cpu = sched_cpu_here();
    reschedule_locked(cpu->current, !cpu->slice_over);
    sched_unlock();
}

/* Would the current thread, made ready, be picked again at once? */
static bool is_alone_locked(const struct thread *t) REQUIRES_LOCK(sched_role)
{
    return t->index != THREAD_NONE && runq_top(&state.runq) < (int32_t)t->prio && !budget_exhausted(t->budget, t->used);
}

void sched_yield_cpu(void)
{
    struct sched_cpu *cpu;

    spin_expect_none("sleep");
    sched_lock();
    cpu = sched_cpu_here();
    if (is_alone_locked(cpu->current))
        end_turn(cpu);
    else
        reschedule_locked(cpu->current, false);
    sched_unlock();
}

status_t sched_block(struct spinlock *outer)
{
    struct thread *t;
    status_t status = ERR_KILLED;

    spin_expect_only(outer, "sleep");
    sched_lock();
    t = sched_cpu_here()->current;
    if (arch_atomic_load32(&t->kill)) {
        spin_unlock(outer);
    } else {
        t->state = THREAD_BLOCKED;
        spin_unlock(outer);
        trace(TRACE_STATE, t->index, THREAD_BLOCKED, 0, 0, 0);
        sched_switch_locked();
        status = t->wake_status;
    }
    sched_unlock();
    return status;
}

/* The thread that the current one makes way for: it need not pass through the queue if nobody there comes first. */
static void switch_with_wake_locked(struct thread *woken) REQUIRES_LOCK(sched_role)
{
    struct sched_cpu *cpu = sched_cpu_here();

    if (budget_exhausted(woken->budget, woken->used)) {
        waitq_push(state.links, &state.exhausted, woken->index);
    } else if ((int32_t)woken->prio > runq_top(&state.runq)) {
        switch_to_locked(cpu, woken);
        return;
    } else {
        runq_insert(&state.runq, state.links, woken->index, woken->prio, false);
    }
    switch_to_locked(cpu, take_next(cpu));
}

static bool wake_locked(struct thread *thread, status_t status) REQUIRES_LOCK(sched_role)
{
    if (thread->state != THREAD_BLOCKED)
        return false;
    thread->wake_status = status;
    thread->state = THREAD_READY;
    return true;
}

status_t sched_wake_and_block(struct thread *thread, status_t wake_status, struct spinlock *outer)
{
    struct thread *t;
    status_t status;
    bool woken;

    spin_expect_only(outer, "sleep");
    sched_lock();
    t = sched_cpu_here()->current;
    woken = wake_locked(thread, wake_status);
    if (UNLIKELY(!woken || arch_atomic_load32(&t->kill))) {
        if (woken)
            sched_make_ready_locked(thread, false);
        sched_unlock();
        return sched_block(outer);
    }
    t->state = THREAD_BLOCKED;
    spin_unlock(outer);
    trace(TRACE_STATE, t->index, THREAD_BLOCKED, 0, 0, 0);
    switch_with_wake_locked(thread);
    status = t->wake_status;
    sched_unlock();
    return status;
}

bool sched_wake(struct thread *thread, status_t status)
{
    bool woken;

    sched_lock();
    woken = wake_locked(thread, status);
    if (woken)
        sched_make_ready_locked(thread, false);
    sched_unlock();
    return woken;
}

void sched_set_priority(struct thread *thread, uint32_t prio)
{
    sched_lock();
    if (thread->prio != prio) {
        bool queued = thread->state == THREAD_READY && !budget_exhausted(thread->budget, thread->used);

        if (queued)
            runq_remove(&state.runq, state.links, thread->index, thread->prio);
        thread->prio = prio;
        if (queued)
            sched_make_ready_locked(thread, false);
        else if (thread->state == THREAD_RUNNING && runq_top(&state.runq) > (int32_t)prio)
            ask_reschedule(thread->cpu);
    }
    sched_unlock();
}

static bool all_cpus_idle_locked(void) REQUIRES_LOCK(sched_role)
{
    for (uint32_t i = 0; i < ARCH_MAX_CPUS; i++)
        if (state.cpu[i].online && state.cpu[i].current->index != THREAD_NONE)
            return false;
    return true;
}

bool sched_is_idle(void)
{
    bool idle;

    sched_lock();
    idle = all_cpus_idle_locked() && state.runq.levels == 0 && waitq_first(&state.exhausted) == WAITQ_NONE &&
           waitq_first(&state.restarting) == WAITQ_NONE;
    sched_unlock();
    return idle;
}

/* Take what is ready, if anybody said that something is. Comes back when this CPU idles again. */
static bool idle_switch(struct sched_cpu *cpu)
{
    if (!arch_atomic_load32(&cpu->resched))
        return false;
    sched_lock();
    sched_switch_locked();
    sched_unlock();
    return true;
}

/*
 * The idle loop takes the scheduler's lock only when there is a reason to: CPUs that wake at each tick and look would keep
 * the lock from those that work, above all where an emulator runs several CPUs on fewer. What only time can change, CPU 0
 * looks at.
 */
NORETURN void sched_start(void)
{
    struct sched_cpu *cpu = sched_cpu_here();
    struct thread *idle = cpu->current;

    arch_context_adopt(&idle->context);
    sched_lock();
    cpu->online = 1;
    arch_atomic_store32(&cpu->resched, 1); /* there may be work already */
    sched_unlock();
    for (;;) {
        bool changed = idle_switch(cpu);

        arch_irq_window();
        if (console_poll()) {
            arch_cpu_relax();
            arch_irq_window();
            continue;
        }
        if (state.idle_hook && (changed || arch_cpu_id() == 0) && sched_is_idle())
            state.idle_hook();
        if (!arch_atomic_load32(&cpu->resched)) {
            spin_expect_none("halt");
            arch_halt();
        }
    }
}
