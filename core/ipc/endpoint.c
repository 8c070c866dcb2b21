/* SPDX-License-Identifier: MIT */
#include <ipc/endpoint.h>

void ep_init(struct endpoint *e)
{
    *e = (struct endpoint){.receiver = EP_NONE, .server = EP_NONE, .caller = EP_NONE};
}

bool ep_queue_push(struct ep_queue *q, uint32_t thread)
{
    if (q->count >= EP_QUEUE)
        return false;
    q->thread[(q->head + q->count) % EP_QUEUE] = (uint16_t)thread;
    q->count++;
    return true;
}

bool ep_queue_pop(struct ep_queue *q, uint32_t *thread)
{
    if (q->count == 0)
        return false;
    *thread = q->thread[q->head];
    q->head = (q->head + 1u) % EP_QUEUE;
    q->count--;
    return true;
}

bool ep_queue_remove(struct ep_queue *q, uint32_t thread)
{
    uint32_t kept = 0, count = q->count;

    for (uint32_t i = 0; i < count; i++) {
        uint16_t t = q->thread[(q->head + i) % EP_QUEUE];

        if (t != thread) {
            q->thread[(q->head + kept) % EP_QUEUE] = t;
            kept++;
        }
    }
    q->count = kept;
    return kept < count;
}

bool ep_queue_contains(struct ep_queue q, uint32_t thread)
{
    for (uint32_t i = 0; i < q.count; i++)
        if (q.thread[(q.head + i) % EP_QUEUE] == thread)
            return true;
    return false;
}

enum ep_send ep_send_decide(struct endpoint e, uint32_t me, bool call)
{
    if (e.server == me) {
        if (call)
            return EP_SEND_OWED;
        return e.caller == EP_NONE ? EP_SEND_REPLY_GONE : EP_SEND_REPLY;
    }
    if (e.receiver != EP_NONE)
        return EP_SEND_DELIVER;
    return e.senders.count < EP_QUEUE ? EP_SEND_QUEUE : EP_SEND_FULL;
}

enum ep_recv ep_recv_decide(struct endpoint e, uint32_t me)
{
    if (e.server == me)
        return EP_RECV_OWED;
    if (e.server != EP_NONE || e.receiver != EP_NONE)
        return EP_RECV_BUSY;
    return e.senders.count > 0 ? EP_RECV_TAKE : EP_RECV_WAIT;
}

uint32_t ep_forget(struct endpoint *e, uint32_t thread)
{
    uint32_t orphan = EP_NONE;

    (void)ep_queue_remove(&e->senders, thread);
    if (e->receiver == thread)
        e->receiver = EP_NONE;
    if (e->caller == thread)
        e->caller = EP_NONE;
    if (e->server == thread) {
        orphan = e->caller;
        e->server = EP_NONE;
        e->caller = EP_NONE;
    }
    return orphan;
}

uint32_t ep_demand(const struct endpoint *e, const uint32_t *prio)
{
    uint32_t demand = e->caller == EP_NONE ? 0 : prio[e->caller];

    for (uint32_t i = 0; i < e->senders.count; i++) {
        uint32_t p = prio[e->senders.thread[(e->senders.head + i) % EP_QUEUE]];

        demand = p > demand ? p : demand;
    }
    return demand;
}
