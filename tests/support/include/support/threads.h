/* SPDX-License-Identifier: MIT */
/*
 * Kernel threads on hal-null, for tests of the scheduler and of what lies on it: no user mode, no image. A test names
 * threads by index; each runs one C function in kernel context and exits when it returns. threads_run() schedules until
 * nothing can ever run again.
 */
#pragma once
#include <null/null.h>
#include <sched/sched.h>

/** A machine with `cpus` CPUs and a scheduler without threads. */
void threads_begin(uint32_t cpus);
/** Prepare thread `index` to run `fn(index)`; it is created by threads_run(), in the order of these calls. */
void threads_add(uint32_t index, uint32_t prio, void (*fn)(uint32_t me));
/** As threads_add() with a budget in ticks per epoch. */
void threads_add_budget(uint32_t index, uint32_t prio, uint32_t budget, void (*fn)(uint32_t me));
/** What threads_run() calls before it creates the threads (NULL: nothing). */
void threads_on_start(void (*fn)(void));
/** Run. Ends with ARCH_OFF_DONE as soon as nothing is runnable or timed; NULL_STOPPED at the time limit of a minute. */
struct null_end threads_run(void);

/** For threads: keep the CPU busy for `ticks` ticks of the clock, taking interrupts and preemption points on the way. */
void threads_work(uint32_t ticks);
/** For threads: as threads_work(), without preemption points. */
void threads_work_deaf(uint32_t ticks);
