/* SPDX-License-Identifier: MIT */
/*
 * The scheduler's decisions, as pure functions over values and indices: what ships here is what tests and provers read.
 * Time is counted in ticks of 10 ms (SCHED_HZ); differences are taken modulo 2^64, so a wrap of the tick count is harmless.
 */
#pragma once
#include <abi/types.h>
#include <sync/waitq.h>

#define SCHED_HZ 100u
#define SCHED_LEVELS 8u        /* priorities 0 (lowest) to 7 */
#define SCHED_EPOCH 100u       /* ticks after which budgets are refilled */
#define SCHED_RESTART_DELAY 100u /* ticks between a fault and the restart */
#define SCHED_WATCHDOG_PERIOD 10u /* ticks between two watchdog scans */

enum thread_state {
    THREAD_INACTIVE,
    THREAD_READY,
    THREAD_RUNNING,
    THREAD_BLOCKED,
    THREAD_FAULTED, /* waits for its restart, or for ever if it has none */
    THREAD_EXITED,
};

/** The run queue: one FIFO per level and a bit for each level that is not empty. */
struct runq {
    uint32_t levels;
    struct waitq level[SCHED_LEVELS];
};

void runq_init(struct runq *rq);
/** Put a thread that is in no queue at the end (or the front) of its level. `prio` < SCHED_LEVELS. */
void runq_insert(struct runq *rq, struct waitq_link *links, uint32_t index, uint32_t prio, bool front);
/** Take a thread out of level `prio`, where it is. */
void runq_remove(struct runq *rq, struct waitq_link *links, uint32_t index, uint32_t prio);
/** The first thread of the highest level that is not empty, or WAITQ_NONE. O(1); changes nothing. */
uint32_t runq_pick(const struct runq *rq);
/** Take the thread of runq_pick() out; WAITQ_NONE: there is none. */
uint32_t runq_take(struct runq *rq, struct waitq_link *links);
/** Highest level that is not empty, or -1. */
int32_t runq_top(const struct runq *rq);

/** True if a thread has used up its budget (0 = unlimited). */
bool budget_exhausted(uint32_t budget, uint32_t used);
/** True on the ticks that begin an epoch. */
bool epoch_due(uint64_t tick);
/** True if more than `interval` ticks passed since the last beat; interval 0 = no watchdog. */
bool watchdog_expired(uint64_t now, uint64_t last, uint64_t interval);
/** True if a thread in `state` since `since` is to be restarted now: only Faulted, only after the delay. */
bool restart_due(enum thread_state state, uint64_t since, uint64_t now);

/**
 * The CPU that a newly ready thread of priority `prio` should interrupt: the one whose running priority (`running[cpu]`,
 * -1 = idle) is lowest and below `prio`; ties: the lowest number. -1: none.
 */
int32_t preempt_target(const int32_t *running, uint32_t cpus, uint32_t prio);
