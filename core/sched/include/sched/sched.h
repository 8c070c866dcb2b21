/* SPDX-License-Identifier: MIT */
/*
 * The scheduler: one run queue for the machine, 8 levels, FIFO within a level. A CPU always takes the highest ready thread;
 * a wake-up that outranks a running thread interrupts the CPU running the lowest.
 *
 * The scheduler lock is held across arch_context_switch() and released by the thread that arrives: a thread whose state
 * says it can be picked has always left its stack. Budgets: a tick is charged to the running thread; one that has used its
 * budget waits in a queue of its own until the epoch begins.
 */
#pragma once
#include <abi/types.h>
#include <base/compiler.h>
#include <sched/thread.h>
#include <sync/spinlock.h>

/** Prepare the tables. Boot CPU, once, after arch_cpu_count() is known. */
void sched_init(void);
/** Turn the executing CPU's boot context into its idle thread and start scheduling here. Never returns. */
NORETURN void sched_start(void);

/** Ticks since boot. Any context. */
uint64_t sched_ticks(void);
/** The tick: the timer interrupt of each CPU. Charges the running thread; CPU 0 also counts, and runs epoch and tick hook. */
void sched_tick(void *unused);
/** Handler of the reschedule interrupt: nothing but the return to a preemption point. */
void sched_reschedule(void *unused);
/** Called on CPU 0 at each tick, with no lock held, after the count. Set once at boot. */
void sched_set_tick_hook(void (*hook)(uint64_t tick));
/** Called by the last CPU that found nothing to run, before it halts, with no lock held. Set once at boot. */
void sched_set_idle_hook(void (*hook)(void));

/** Let a higher thread run if one asked for it. Thread context, no lock held. */
void sched_point(void);
/** Let other ready threads of the same or a higher priority run. Thread context, no lock held. */
void sched_yield_cpu(void);

/**
 * Sleep as BLOCKED until sched_wake(). `outer`, held by the caller and of a lower rank, guards the condition: it is
 * released once the thread counts as blocked, so no wake-up is lost, and is not taken again. Returns what the waker gave,
 * or KILLED at once if the thread is to be faulted.
 */
MUST_CHECK status_t sched_block(struct spinlock *outer) RELEASES_LOCK(outer);
/**
 * sched_wake() and sched_block() in one step: the CPU goes straight to `thread` if nobody ready comes before it. Contract
 * of both; returns what ended the caller's own sleep.
 */
MUST_CHECK status_t sched_wake_and_block(struct thread *thread, status_t wake_status, struct spinlock *outer)
    RELEASES_LOCK(outer);
/** End a sleep with `status`. The caller holds the lock given to sched_block(). False if the thread was not blocked. */
bool sched_wake(struct thread *thread, status_t status);

/** Leave the CPU as FAULTED; returns when the tick restarts the thread (after SCHED_RESTART_DELAY), or never if not `restart`. */
void sched_fault(bool restart);
/** Leave the CPU for good as EXITED. */
NORETURN void sched_exit(void);

/** Ask that `thread` be faulted: it sees `kill` at its next preemption point, and does not sleep again. Any context. */
void sched_kill(struct thread *thread);

/** Give a thread another effective priority (inheritance). May be called with locks of a lower rank held. */
void sched_set_priority(struct thread *thread, uint32_t prio);

/** Does the thread sleep until somebody wakes it? A snapshot. */
bool sched_is_blocked(const struct thread *thread);
/** Threads in a state. A snapshot. */
uint32_t sched_count(enum thread_state state);
/** True if no thread is ready or running and no restart is pending: only devices or the watchdog can change anything. */
bool sched_is_idle(void);
