/* SPDX-License-Identifier: MIT */
/* Life and death of a task as seen from its communication. */
#include <ipc/ipc.h>

#include "ipc_priv.h"

#include <abi/status.h>
#include <base/format.h>
#include <sched/sched.h>

static KSTATE struct ipc_state state = {.lock = SPINLOCK_INIT("ipc", LOCK_RANK_IPC)};

struct ipc_state *ipc_state(void)
{
    return &state;
}

/* Boot: nobody else runs. */
UNCHECKED_LOCKS status_t ipc_init(void)
{
    status_t status;

    for (uint32_t i = 0; i < CONFIG_ENDPOINTS; i++)
        ep_init(&state.ep[i]);
    for (uint32_t i = 0; i < CONFIG_TASKS; i++)
        state.thread[i].endpoint = EP_NONE;
    status = ipc_grants_init();
    return status == STATUS_OK ? ipc_irqs_init() : status;
}

void ipc_attach(uint32_t index, uint32_t prio, uint32_t receives)
{
    ipc_lock();
    state.thread[index].attached = true;
    state.thread[index].alive = true; /* before it has run, so that no peer on another CPU can be too early */
    state.thread[index].receives = receives;
    state.base[index] = prio;
    state.prio[index] = prio;
    for (uint32_t i = 0; i < CONFIG_ENDPOINTS; i++)
        state.receivers[i] += receives >> i & 1u;
    ipc_unlock();
}

void ipc_start(uint32_t index)
{
    ipc_lock();
    state.thread[index].alive = true;
    ipc_unlock();
}

void ipc_cleanup(uint32_t index, bool ended)
{
    struct ipc_thread *t = &state.thread[index];

    ipc_lock();
    t->alive = false;
    t->pending = 0;
    t->notify_wait = false;
    ipc_endpoints_cleanup_locked(index, ended);
    ipc_grants_cleanup_locked(index);
    ipc_irqs_cleanup_locked(index);
    ipc_unlock();
}

void ipc_cancel(uint32_t index)
{
    struct ipc_thread *t = &state.thread[index];

    ipc_lock();
    t->notify_wait = false;
    for (uint32_t i = 0; i < CONFIG_ENDPOINTS; i++) {
        ep_cancel(&state.ep[i], index);
        if (state.ep[i].server != EP_NONE)
            ipc_reprioritize_locked(state.ep[i].server);
    }
    t->endpoint = EP_NONE;
    (void)sched_wake(thread_get(index), ERR_KILLED);
    ipc_unlock();
}

const char *ipc_wait_name(uint32_t index, char *out, size_t size)
{
    const struct ipc_thread *t = &state.thread[index];
    const char *name = NULL;

    ipc_lock();
    for (uint32_t i = 0; i < CONFIG_ENDPOINTS; i++) {
        const struct endpoint *e = &state.ep[i];

        if (e->receiver == index)
            name = "recv";
        else if (e->caller == index)
            name = "reply";
        else if (ep_queue_contains(e->senders, index))
            name = t->calling ? "call" : "send";
        if (name) {
            (void)format(out, size, "%s ep%u", name, i);
            break;
        }
    }
    if (!name && t->notify_wait)
        (void)format(out, size, "%s", name = "notify");
    ipc_unlock();
    return name ? out : NULL;
}
