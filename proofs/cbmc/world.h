/* SPDX-License-Identifier: MIT */
/*
 * The kernel around core/ipc, as a harness sees it: one lock that is never taken twice, threads that are blocked or not,
 * and for each what it was woken with. sched_block() comes back at once; whoever is blocked is then given no more to do, so
 * what stands behind the call (copies of what a waker left) is not what the harness looks at.
 */
#pragma once
#include "harness.h"

#include <abi/status.h>
#include <diag/counters.h>
#include <diag/log.h>
#include <diag/panic.h>
#include <sched/sched.h>

#define STATUS_ASLEEP (-1000)

struct null_port null_port;

static struct {
    struct thread thread[CONFIG_TASKS];
    struct counters counters;
    bool locked;
    bool blocked[CONFIG_TASKS];
    bool woken[CONFIG_TASKS];
    status_t status[CONFIG_TASKS]; /* of those that were woken */
    uint32_t current;
} world;

void spin_lock(struct spinlock *lock)
{
    (void)lock;
    CLAIM(!world.locked, "the lock is not taken twice");
    world.locked = true;
}

void spin_unlock(struct spinlock *lock)
{
    (void)lock;
    CLAIM(world.locked, "what is released was taken");
    world.locked = false;
}

struct counters *counters_get(void)
{
    return &world.counters;
}

struct thread *thread_get(uint32_t index)
{
    CLAIM(index < CONFIG_TASKS, "a thread that there is");
    return &world.thread[index];
}

bool sched_wake(struct thread *thread, status_t status)
{
    uint32_t i = (uint32_t)(thread - world.thread);

    CLAIM(world.locked, "wakers hold the lock");
    if (!world.blocked[i])
        return false;
    world.blocked[i] = false;
    world.woken[i] = true;
    world.status[i] = status;
    return true;
}

status_t sched_block(struct spinlock *outer)
{
    CLAIM(world.locked, "sleepers hold the lock");
    world.blocked[world.current] = true;
    spin_unlock(outer);
    return STATUS_ASLEEP;
}

status_t sched_wake_and_block(struct thread *thread, status_t wake_status, struct spinlock *outer)
{
    (void)sched_wake(thread, wake_status);
    return sched_block(outer);
}

void sched_set_priority(struct thread *thread, uint32_t prio)
{
    CLAIM(prio < 8, "a priority that there is");
    (void)thread;
}

void log_line(enum log_level level, const char *fmt, ...)
{
    (void)level;
    (void)fmt;
}

void panic_at(const char *file, int line, const char *func, const char *fmt, ...)
{
    (void)file;
    (void)line;
    (void)func;
    (void)fmt;
    CLAIM(false, "no assertion of the kernel fails");
    ASSUME(false);
}
