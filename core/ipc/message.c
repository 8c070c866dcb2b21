/* SPDX-License-Identifier: MIT */
/* SEND, RECV and CALL: locking, copying and waking around the decisions of endpoint.c. */
#include "ipc_priv.h"

#include <abi/status.h>
#include <arch/atomic.h>
#include <arch/fault.h>
#include <diag/counters.h>
#include <sched/sched.h>

/*@ requires \valid(to + (0 .. 3)) && \valid_read(from + (0 .. 3)) && \separated(to + (0 .. 3), from + (0 .. 3));
  @ assigns to[0 .. 3];
  @ ensures \forall integer i; 0 <= i < 4 ==> to[i] == \old(from[i]);
  @*/
static void copy_words(uint64_t to[4], const uint64_t from[4])
{
    /*@ loop invariant 0 <= i <= 4 && \forall integer k; 0 <= k < i ==> to[k] == from[k];
      @ loop assigns i, to[0 .. 3];
      @ loop variant 4 - i;
      @*/
    for (uint32_t i = 0; i < 4; i++)
        to[i] = from[i];
}

uint32_t ipc_effective_locked(const struct ipc_state *s, uint32_t index)
{
    uint32_t prio = s->base[index];

    for (uint32_t i = 0; i < CONFIG_ENDPOINTS; i++) {
        uint32_t demand = s->ep[i].server == index ? ep_demand(&s->ep[i], s->prio) : 0;

        prio = demand > prio ? demand : prio;
    }
    return prio;
}

void ipc_reprioritize_locked(uint32_t index)
{
    struct ipc_state *s = ipc_state();

    /* Each step follows one wait; a cycle of waits stops by itself because nothing changes any more. */
    for (uint32_t hops = 0; index != EP_NONE && hops < CONFIG_TASKS; hops++) {
        uint32_t prio = ipc_effective_locked(s, index);

        if (prio == s->prio[index])
            return;
        s->prio[index] = prio;
        sched_set_priority(thread_get(index), prio);
        index = s->thread[index].endpoint == EP_NONE ? EP_NONE : s->ep[s->thread[index].endpoint].server;
    }
}

/* Hand `w` to a thread that waits; the caller wakes it. */
static struct thread *deliver_locked(struct ipc_state *s, uint32_t to, const uint64_t w[4]) REQUIRES_LOCK(ipc_role)
{
    copy_words(s->thread[to].msg, w);
    s->thread[to].endpoint = EP_NONE;
    arch_counter_add(&counters_get()->messages, 1);
    return thread_get(to);
}

/* Somebody new waits for `server`, who can only gain by it. */
static void lend_priority_locked(const struct ipc_state *s, uint32_t server, uint32_t waiter) REQUIRES_LOCK(ipc_role)
{
    if (s->prio[waiter] > s->prio[server])
        ipc_reprioritize_locked(server);
}

static void begin_service_locked(struct ipc_state *s, struct endpoint *e, uint32_t server, uint32_t caller) REQUIRES_LOCK(ipc_role)
{
    e->server = (uint16_t)server;
    e->caller = (uint16_t)caller;
    if (e->senders.count != 0)
        ipc_reprioritize_locked(server);
    else
        lend_priority_locked(s, server, caller);
}

/* A server that runs at its own priority has borrowed none that it could lose. */
static void end_service_locked(struct ipc_state *s, struct endpoint *e) REQUIRES_LOCK(ipc_role)
{
    uint32_t server = e->server;

    e->server = EP_NONE;
    e->caller = EP_NONE;
    if (s->prio[server] != s->base[server])
        ipc_reprioritize_locked(server);
}

/* Wait in the queue until the message is taken (or, for a CALL, answered). */
static void begin_wait_locked(struct ipc_state *s, uint32_t me, uint64_t ep) REQUIRES_LOCK(ipc_role)
{
    s->thread[me].endpoint = (uint16_t)ep;
    if (s->ep[ep].server != EP_NONE)
        lend_priority_locked(s, s->ep[ep].server, me);
}

/* A message for a receiver that waits. A CALL makes it the server and waits for the reply. Releases the lock. */
static status_t hand_over(struct ipc_state *s, uint32_t me, uint64_t ep, bool call) RELEASES_LOCK(ipc_role)
{
    struct endpoint *e = &s->ep[ep];
    uint32_t receiver = e->receiver;
    struct thread *woken = deliver_locked(s, receiver, s->thread[me].msg);

    e->receiver = EP_NONE;
    if (call) {
        begin_service_locked(s, e, receiver, me);
        s->thread[me].endpoint = (uint16_t)ep;
        return ipc_wake_and_block(woken);
    }
    (void)sched_wake(woken, STATUS_OK);
    ipc_unlock();
    return STATUS_OK;
}

/* Can anybody but `me` ever receive on this endpoint? */
static bool others_receive(const struct ipc_state *s, uint64_t ep, uint32_t me) REQUIRES_LOCK(ipc_role)
{
    return s->receivers[ep] > (s->thread[me].receives >> ep & 1u);
}

static status_t send_locked(struct ipc_state *s, uint32_t me, uint64_t ep, bool call) RELEASES_LOCK(ipc_role)
{
    struct endpoint *e = &s->ep[ep];
    status_t status = STATUS_OK;

    switch (ep_send_decide(*e, me, call)) {
    case EP_SEND_REPLY:
        (void)sched_wake(deliver_locked(s, e->caller, s->thread[me].msg), STATUS_OK);
        end_service_locked(s, e);
        break;
    case EP_SEND_REPLY_GONE:
        end_service_locked(s, e);
        status = ERR_PEER_CLOSED;
        break;
    case EP_SEND_DELIVER:
        return hand_over(s, me, ep, call);
    case EP_SEND_QUEUE:
        if (!others_receive(s, ep, me)) {
            status = ERR_PEER_CLOSED;
            break;
        }
        if (arch_fault(FAULT_QUEUE)) {
            status = ERR_QUEUE_FULL;
            break;
        }
        (void)ep_queue_push(&e->senders, me);
        begin_wait_locked(s, me, ep);
        return ipc_block();
    case EP_SEND_FULL:
        status = ERR_QUEUE_FULL;
        break;
    case EP_SEND_OWED:
        status = ERR_REPLY_OWED;
        break;
    }
    ipc_unlock();
    return status;
}

static status_t send_message(uint32_t me, uint64_t ep, const uint64_t w[4], bool call)
{
    struct ipc_state *s = ipc_state();

    if (ep >= CONFIG_ENDPOINTS)
        return ERR_BAD_ENDPOINT;
    ipc_lock();
    copy_words(s->thread[me].msg, w);
    s->thread[me].calling = call;
    return send_locked(s, me, ep, call);
}

status_t ipc_send(uint32_t me, uint64_t ep, const uint64_t w[4])
{
    return send_message(me, ep, w, false);
}

status_t ipc_call(uint32_t me, uint64_t ep, const uint64_t w[4], uint64_t reply[4])
{
    status_t status = send_message(me, ep, w, true);

    if (status == STATUS_OK)
        copy_words(reply, ipc_state()->thread[me].msg);
    return status;
}

/* Take the oldest sender's message; a plain sender goes on, a caller now waits for our reply. Lock held. */
static void take_locked(struct ipc_state *s, uint32_t me, struct endpoint *e, uint64_t w[4]) REQUIRES_LOCK(ipc_role)
{
    uint32_t sender = EP_NONE;

    (void)ep_queue_pop(&e->senders, &sender);
    copy_words(w, s->thread[sender].msg);
    arch_counter_add(&counters_get()->messages, 1);
    if (s->thread[sender].calling) {
        begin_service_locked(s, e, me, sender);
    } else {
        s->thread[sender].endpoint = EP_NONE;
        (void)sched_wake(thread_get(sender), STATUS_OK);
    }
}

status_t ipc_recv(uint32_t me, uint64_t ep, uint64_t w[4])
{
    struct ipc_state *s = ipc_state();
    status_t status = STATUS_OK;

    if (ep >= CONFIG_ENDPOINTS)
        return ERR_BAD_ENDPOINT;
    ipc_lock();
    switch (ep_recv_decide(s->ep[ep], me)) {
    case EP_RECV_TAKE:
        take_locked(s, me, &s->ep[ep], w);
        break;
    case EP_RECV_WAIT:
        s->ep[ep].receiver = (uint16_t)me;
        status = ipc_block();
        copy_words(w, s->thread[me].msg);
        return status;
    case EP_RECV_BUSY:
        status = ERR_RECEIVER_BUSY;
        break;
    case EP_RECV_OWED:
        status = ERR_REPLY_OWED;
        break;
    }
    ipc_unlock();
    return status;
}

/* An endpoint has lost a receiver for good: fail those in its queue whom nobody else can serve; the others keep their order. */
static void fail_senders_locked(struct ipc_state *s, uint32_t ep) REQUIRES_LOCK(ipc_role)
{
    struct endpoint *e = &s->ep[ep];
    uint32_t waiting = e->senders.count;
    uint32_t sender = EP_NONE;

    for (uint32_t i = 0; i < waiting; i++) {
        (void)ep_queue_pop(&e->senders, &sender);
        if (others_receive(s, ep, sender)) {
            (void)ep_queue_push(&e->senders, sender);
        } else {
            s->thread[sender].endpoint = EP_NONE;
            (void)sched_wake(thread_get(sender), ERR_PEER_CLOSED);
        }
    }
}

static void end_receiving_locked(struct ipc_state *s, uint32_t index) REQUIRES_LOCK(ipc_role)
{
    uint32_t receives = s->thread[index].receives;

    s->thread[index].receives = 0;
    for (uint32_t i = 0; i < CONFIG_ENDPOINTS; i++) {
        if (receives >> i & 1u) {
            s->receivers[i]--;
            fail_senders_locked(s, i);
        }
    }
}

void ipc_endpoints_cleanup_locked(uint32_t index, bool ended)
{
    struct ipc_state *s = ipc_state();
    uint32_t waited_on = s->thread[index].endpoint;
    uint16_t orphan[CONFIG_ENDPOINTS];

    s->thread[index].endpoint = EP_NONE;
    ep_forget_all(s->ep, CONFIG_ENDPOINTS, index, orphan);
    for (uint32_t i = 0; i < CONFIG_ENDPOINTS; i++) {
        if (orphan[i] != EP_NONE) {
            s->thread[orphan[i]].endpoint = EP_NONE;
            (void)sched_wake(thread_get(orphan[i]), ERR_PEER_CLOSED);
        }
    }
    if (ended)
        end_receiving_locked(s, index);
    ipc_reprioritize_locked(index);
    if (waited_on != EP_NONE && s->ep[waited_on].server != EP_NONE)
        ipc_reprioritize_locked(s->ep[waited_on].server);
}
