/* SPDX-License-Identifier: MIT */
#include <sched/thread.h>

#include "sched_priv.h"

#include <abi/status.h>
#include <arch/cpu.h>
#include <arch/fault.h>
#include <base/string.h>
#include <diag/panic.h>

struct thread *thread_get(uint32_t index)
{
    ASSERT(index < CONFIG_TASKS);
    return &sched_state()->thread[index];
}

struct thread *thread_current(void)
{
    return sched_cpu_here()->current;
}

int32_t thread_current_index(void)
{
    const struct thread *t = sched_cpu_here()->current;

    return t && t->index != THREAD_NONE ? (int32_t)t->index : -1;
}

const char *thread_state_name(enum thread_state state)
{
    static const char *const name[] = {"inactive", "ready", "running", "blocked", "faulted", "exited"};

    return (uint32_t)state < ARRAY_LEN(name) ? name[state] : "?";
}

void sched_thread_start(void *arg)
{
    struct thread *t = arg;

    sched_unlock();
    t->entry(t->arg);
    panic("thread %s returned", t->name);
}

status_t thread_create(uint32_t index, const struct thread_config *config)
{
    struct sched_state *s = sched_state();
    struct thread *t;
    status_t status;

    if (index >= CONFIG_TASKS || config->prio >= SCHED_LEVELS)
        return ERR_INVALID_ARGS;
    t = &s->thread[index];
    if (t->state != THREAD_INACTIVE)
        return ERR_BAD_STATE;
    status = arch_fault(FAULT_STACK) ? ERR_NO_MEMORY : arch_kstack_create(&t->stack, index);
    if (status != STATUS_OK)
        return status;
    t->index = index;
    (void)str_copy(t->name, sizeof(t->name), config->name);
    t->entry = config->entry;
    t->arg = config->arg;
    t->space = config->space;
    t->budget = config->budget;
    t->base_prio = config->prio;
    t->prio = config->prio;
    arch_context_init(&t->context, &t->stack, sched_thread_start, t);
    sched_lock();
    t->state = THREAD_READY;
    sched_make_ready_locked(t, false);
    sched_unlock();
    return STATUS_OK;
}
