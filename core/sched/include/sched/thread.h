/* SPDX-License-Identifier: MIT */
/*
 * Threads. Each has its own kernel stack and runs one readable loop on it; blocking calls sleep in place. CONFIG_TASKS
 * threads exist from boot, named by index; every CPU also has an idle thread outside that table.
 *
 * Field legend: [I] immutable once created, [S] scheduler lock, [a] atomic, [o] only the thread itself (or anybody while
 * it is not running and cannot start).
 */
#pragma once
#include <abi/types.h>
#include <arch/context.h>
#include <arch/mmu.h>
#include <base/compiler.h>
#include <config/config.h>
#include <sched/policy.h>
#include <sync/spinlock.h>

#define THREAD_NONE WAITQ_NONE

extern struct lock_role sched_role; /* [S] to the compiler */

struct thread {
    uint32_t index;                  /* [I] 0..CONFIG_TASKS-1; THREAD_NONE for idle threads */
    char name[16];                   /* [I] */
    void (*entry)(void *arg);        /* [I] */
    void *arg;                       /* [I] */
    struct arch_space *space;        /* [I] NULL: kernel only */
    struct arch_kstack stack;        /* [I] */

    struct arch_context context;     /* [S] valid while not running */
    struct arch_user user;           /* [o] */

    enum thread_state state;         /* [S] others read a snapshot */
    uint32_t base_prio;              /* [S] as configured */
    uint32_t prio;                   /* [S] effective: base or inherited */
    uint32_t budget;                 /* [I] ticks per epoch, 0 = unlimited */
    uint32_t used;                   /* [S] ticks used in this epoch */
    uint32_t cpu;                    /* [S] where it runs or ran last */
    uint64_t since;                  /* [S] tick of the fault */
    status_t wake_status;            /* [S] what its wait returns */
    uint32_t kill;                   /* [a] 1: must not sleep again, is about to be faulted */
};

struct thread_config {
    const char *name;
    uint32_t prio;   /* 0..7 */
    uint32_t budget; /* ticks per epoch, 0 = unlimited */
    void (*entry)(void *arg); /* must not return */
    void *arg;
    struct arch_space *space;
};

/** Thread `index` < CONFIG_TASKS, created or not. */
struct thread *thread_get(uint32_t index);
/** The thread this CPU runs; its idle thread counts. Never NULL after sched_init(). */
struct thread *thread_current(void);
/** Index of the running thread, or -1 for idle threads and before the scheduler starts. For log lines. */
int32_t thread_current_index(void);
/** Lower-case name of a state. */
const char *thread_state_name(enum thread_state state);

/** Create thread `index` as ready. Boot context. INVALID_ARGS index or priority, BAD_STATE exists, NO_MEMORY stack. */
MUST_CHECK status_t thread_create(uint32_t index, const struct thread_config *config);
