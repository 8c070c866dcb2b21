/* SPDX-License-Identifier: MIT */
/* State of core/sched; [S] = guarded by `lock`. */
#pragma once
#include <arch/memory.h>
#include <sched/sched.h>

struct sched_cpu {
    struct thread *current;         /* [S] written by its own CPU, which may read it without the lock */
    const struct arch_space *space; /* own CPU: user half now loaded */
    uint32_t resched;               /* [a] 1: a preemption point should pick again */
    uint32_t slice_over;            /* own CPU: the tick ended the running thread's turn */
    uint32_t online GUARDED_BY(sched_role); /* [S] */
};

struct sched_state {
    struct spinlock lock;
    struct runq runq GUARDED_BY(sched_role);               /* [S] */
    struct waitq exhausted GUARDED_BY(sched_role);         /* [S] ready, but out of budget until the epoch */
    struct waitq restarting GUARDED_BY(sched_role);        /* [S] faulted, in the order of their faults */
    struct waitq_link links[CONFIG_TASKS] GUARDED_BY(sched_role); /* [S] */
    struct sched_cpu cpu[ARCH_MAX_CPUS];
    struct thread thread[CONFIG_TASKS];
    struct thread idle[ARCH_MAX_CPUS];
    uint64_t tick;                               /* [a] written by CPU 0 only */
    void (*tick_hook)(uint64_t tick);            /* [I] after boot */
    void (*idle_hook)(void);                     /* [I] after boot */
};

struct sched_state *sched_state(void);
UNCHECKED_LOCKS static inline void sched_lock(void) TAKES_LOCK(sched_role)
{
    spin_lock(&sched_state()->lock);
}

UNCHECKED_LOCKS static inline void sched_unlock(void) RELEASES_LOCK(sched_role)
{
    spin_unlock(&sched_state()->lock);
}

/** This CPU's entry. */
struct sched_cpu *sched_cpu_here(void);
/** Put a READY thread where it belongs, and interrupt a CPU if it outranks what runs there. [S] held. */
void sched_make_ready_locked(struct thread *thread, bool front) REQUIRES_LOCK(sched_role);
/** Pick and switch. [S] held before and after; the caller has already given the current thread its new state and queue. */
void sched_switch_locked(void) REQUIRES_LOCK(sched_role);
/** First code of every new thread: releases the lock that the switch handed over. */
void sched_thread_start(void *arg) RELEASES_LOCK(sched_role);
