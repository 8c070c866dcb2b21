/* SPDX-License-Identifier: MIT */
/* Notifications: 64 bits per task, ORed in by others, taken all at once by the task. */
#include "ipc_priv.h"

#include <abi/status.h>
#include <sched/sched.h>

status_t ipc_notify_locked(uint64_t target, uint64_t bits)
{
    struct ipc_state *s = ipc_state();
    struct ipc_thread *t;

    if (target >= CONFIG_TASKS || !s->thread[target].alive)
        return ERR_BAD_TARGET;
    t = &s->thread[target];
    t->pending |= bits;
    if (t->notify_wait && t->pending != 0) {
        t->notify_wait = false;
        (void)sched_wake(thread_get((uint32_t)target), STATUS_OK);
    }
    return STATUS_OK;
}

status_t ipc_notify(uint64_t target, uint64_t bits)
{
    status_t status;

    ipc_lock();
    status = ipc_notify_locked(target, bits);
    ipc_unlock();
    return status;
}

status_t ipc_wait_notify(uint32_t me, uint64_t *bits)
{
    struct ipc_state *s = ipc_state();
    struct ipc_thread *t = &s->thread[me];
    status_t status = STATUS_OK;

    ipc_lock();
    if (t->pending == 0) {
        t->notify_wait = true;
        status = ipc_block();
        ipc_lock();
    }
    *bits = t->pending;
    t->pending = 0;
    ipc_unlock();
    return status;
}
