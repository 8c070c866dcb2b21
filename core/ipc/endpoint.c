/* SPDX-License-Identifier: MIT */
#include <ipc/endpoint.h>

/*@ predicate ep_queue_ok(struct ep_queue q) = q.head < EP_QUEUE && q.count <= EP_QUEUE;
  @ logic integer ep_queue_at(struct ep_queue q, integer i) = q.thread[(q.head + i) % EP_QUEUE];
  @ // How many of the first n places hold somebody else than t: where the one at place n stands once t is out.
  @ logic integer ep_others(struct ep_queue q, integer t, integer n) =
  @   n <= 0 ? 0 : ep_others(q, t, n - 1) + (ep_queue_at(q, n - 1) != t ? 1 : 0);
  @ predicate ep_gone(struct ep_queue q, integer t) = \forall integer k; 0 <= k < q.count ==> ep_queue_at(q, k) != t;
  @ // b is a without t, and nobody else is lost: the others stand there in their order.
  @ predicate ep_kept(struct ep_queue a, struct ep_queue b, integer t) =
  @   b.count == ep_others(a, t, a.count)
  @   && \forall integer i; 0 <= i < a.count && ep_queue_at(a, i) != t ==>
  @        ep_others(a, t, i) < b.count && ep_queue_at(b, ep_others(a, t, i)) == ep_queue_at(a, i);
  @ logic integer ep_unless(integer t, integer who) = who == t ? EP_NONE : who;
  @ // Who waits for a reply that t owed: nobody answers it any more.
  @ logic integer ep_orphan(struct endpoint e, integer t) = e.server == t ? ep_unless(t, e.caller) : EP_NONE;
  @ predicate ep_without(struct endpoint a, struct endpoint b, integer t) =
  @   ep_queue_ok(b.senders) && ep_gone(b.senders, t) && ep_kept(a.senders, b.senders, t)
  @   && b.receiver == ep_unless(t, a.receiver) && b.server == ep_unless(t, a.server)
  @   && b.caller == (a.server == t ? EP_NONE : ep_unless(t, a.caller));
  @*/

/*@ requires \valid(e);
  @ assigns *e;
  @ ensures ep_queue_ok(e->senders) && e->senders.count == 0;
  @ ensures e->receiver == EP_NONE && e->server == EP_NONE && e->caller == EP_NONE;
  @*/
void ep_init(struct endpoint *e)
{
    e->senders = (struct ep_queue){.head = 0, .count = 0};
    e->receiver = EP_NONE;
    e->server = EP_NONE;
    e->caller = EP_NONE;
}

/*@ requires \valid_read(q) && ep_queue_ok(*q) && i < EP_QUEUE;
  @ assigns \nothing;
  @ ensures \result == ep_queue_at(*q, i);
  @*/
static uint16_t get(const struct ep_queue *q, uint32_t i)
{
    return q->thread[(q->head + i) % EP_QUEUE];
}

/*@ requires \valid(q) && ep_queue_ok(*q) && i < EP_QUEUE;
  @ assigns q->thread[0 .. EP_QUEUE - 1];
  @ ensures ep_queue_at(*q, i) == thread;
  @ ensures \forall integer k; 0 <= k < EP_QUEUE && k != i ==> ep_queue_at(*q, k) == \old(ep_queue_at(*q, k));
  @*/
static void put(struct ep_queue *q, uint32_t i, uint16_t thread)
{
    q->thread[(q->head + i) % EP_QUEUE] = thread;
}

/*@ requires \valid(q) && ep_queue_ok(*q) && count <= q->count;
  @ assigns q->count;
  @ ensures ep_queue_ok(*q) && q->count == count;
  @ ensures \forall integer i; ep_queue_at(*q, i) == \old(ep_queue_at(*q, i));
  @*/
static void cut(struct ep_queue *q, uint32_t count)
{
    q->count = count;
}

/*@ requires \valid(q) && ep_queue_ok(*q) && thread < EP_NONE;
  @ assigns q->thread[0 .. EP_QUEUE - 1], q->count;
  @ ensures ep_queue_ok(*q);
  @ behavior full:
  @   assumes q->count == EP_QUEUE;
  @   ensures !\result && *q == \old(*q);
  @ behavior room:
  @   assumes q->count < EP_QUEUE;
  @   ensures \result && q->count == \old(q->count) + 1;
  @   ensures ep_queue_at(*q, \old(q->count)) == thread;
  @   ensures \forall integer i; 0 <= i < \old(q->count) ==> ep_queue_at(*q, i) == \old(ep_queue_at(*q, i));
  @ complete behaviors;
  @ disjoint behaviors;
  @*/
bool ep_queue_push(struct ep_queue *q, uint32_t thread)
{
    if (q->count >= EP_QUEUE)
        return false;
    put(q, q->count, (uint16_t)thread);
    q->count++;
    return true;
}

/*@ requires \valid(q) && ep_queue_ok(*q) && \valid(thread) && \separated(q, thread);
  @ assigns q->head, q->count, *thread;
  @ ensures ep_queue_ok(*q);
  @ behavior empty:
  @   assumes q->count == 0;
  @   ensures !\result && *q == \old(*q) && *thread == \old(*thread);
  @ behavior some:
  @   assumes q->count > 0;
  @   ensures \result && *thread == \old(ep_queue_at(*q, 0)) && q->count == \old(q->count) - 1;
  @   ensures \forall integer i; 0 <= i < q->count ==> ep_queue_at(*q, i) == \old(ep_queue_at(*q, i + 1));
  @ complete behaviors;
  @ disjoint behaviors;
  @*/
bool ep_queue_pop(struct ep_queue *q, uint32_t *thread)
{
    if (q->count == 0)
        return false;
    *thread = get(q, 0);
    q->head = (q->head + 1u) % EP_QUEUE;
    q->count--;
    return true;
}

/*@ requires \valid(q) && ep_queue_ok(*q);
  @ assigns q->thread[0 .. EP_QUEUE - 1], q->count;
  @ ensures ep_queue_ok(*q) && ep_gone(*q, thread);
  @ ensures ep_kept(\old(*q), *q, thread);
  @ ensures \result <==> \exists integer i; 0 <= i < \old(q->count) && \old(ep_queue_at(*q, i)) == thread;
  @*/
bool ep_queue_remove(struct ep_queue *q, uint32_t thread)
{
    uint32_t kept = 0, count = q->count;

    /*@ loop invariant 0 <= kept <= i <= count && kept == ep_others(\at(*q, Pre), thread, i);
      @ loop invariant kept < i <==> \exists integer k; 0 <= k < i && \at(ep_queue_at(*q, k), Pre) == thread;
      @ loop invariant \forall integer k; i <= k < count ==> ep_queue_at(*q, k) == \at(ep_queue_at(*q, k), Pre);
      @ loop invariant \forall integer k; 0 <= k < kept ==> ep_queue_at(*q, k) != thread;
      @ loop invariant \forall integer k; 0 <= k < i && \at(ep_queue_at(*q, k), Pre) != thread ==>
      @   0 <= ep_others(\at(*q, Pre), thread, k) < kept
      @   && ep_queue_at(*q, ep_others(\at(*q, Pre), thread, k)) == \at(ep_queue_at(*q, k), Pre);
      @ loop assigns i, kept, q->thread[0 .. EP_QUEUE - 1];
      @ loop variant count - i;
      @*/
    for (uint32_t i = 0; i < count; i++) {
        uint16_t t = get(q, i);

        if (t != thread)
            put(q, kept++, t);
    }
    cut(q, kept);
    return kept < count;
}

/*@ requires ep_queue_ok(q);
  @ assigns \nothing;
  @ ensures \result <==> \exists integer i; 0 <= i < q.count && ep_queue_at(q, i) == thread;
  @*/
bool ep_queue_contains(struct ep_queue q, uint32_t thread)
{
    /*@ loop invariant 0 <= i <= q.count && \forall integer k; 0 <= k < i ==> ep_queue_at(q, k) != thread;
      @ loop assigns i;
      @ loop variant q.count - i;
      @*/
    for (uint32_t i = 0; i < q.count; i++)
        if (get(&q, i) == thread)
            return true;
    return false;
}

/*@ assigns \nothing;
  @ ensures \result == EP_SEND_OWED <==> e.server == me && call;
  @ ensures \result == EP_SEND_REPLY <==> e.server == me && !call && e.caller != EP_NONE;
  @ ensures \result == EP_SEND_REPLY_GONE <==> e.server == me && !call && e.caller == EP_NONE;
  @ ensures \result == EP_SEND_DELIVER <==> e.server != me && e.receiver != EP_NONE;
  @ ensures \result == EP_SEND_QUEUE <==> e.server != me && e.receiver == EP_NONE && e.senders.count < EP_QUEUE;
  @ ensures \result == EP_SEND_FULL <==> e.server != me && e.receiver == EP_NONE && e.senders.count >= EP_QUEUE;
  @*/
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

/*@ assigns \nothing;
  @ ensures \result == EP_RECV_OWED <==> e.server == me;
  @ ensures \result == EP_RECV_BUSY <==> e.server != me && (e.server != EP_NONE || e.receiver != EP_NONE);
  @ ensures \result == EP_RECV_TAKE <==>
  @   e.server != me && e.server == EP_NONE && e.receiver == EP_NONE && e.senders.count > 0;
  @ ensures \result == EP_RECV_WAIT <==>
  @   e.server != me && e.server == EP_NONE && e.receiver == EP_NONE && e.senders.count == 0;
  @*/
enum ep_recv ep_recv_decide(struct endpoint e, uint32_t me)
{
    if (e.server == me)
        return EP_RECV_OWED;
    if (e.server != EP_NONE || e.receiver != EP_NONE)
        return EP_RECV_BUSY;
    return e.senders.count > 0 ? EP_RECV_TAKE : EP_RECV_WAIT;
}

/*@ requires \valid(e) && ep_queue_ok(e->senders) && thread < EP_NONE;
  @ assigns e->senders.thread[0 .. EP_QUEUE - 1], e->senders.count, e->receiver, e->caller;
  @ ensures ep_queue_ok(e->senders) && ep_gone(e->senders, thread);
  @ ensures ep_kept(\old(e->senders), e->senders, thread);
  @ ensures e->receiver == ep_unless(thread, \old(e->receiver));
  @ ensures e->caller == ep_unless(thread, \old(e->caller));
  @*/
void ep_cancel(struct endpoint *e, uint32_t thread)
{
    (void)ep_queue_remove(&e->senders, thread);
    if (e->receiver == thread)
        e->receiver = EP_NONE;
    if (e->caller == thread)
        e->caller = EP_NONE;
}

/*@ requires \valid(e) && ep_queue_ok(e->senders) && thread < EP_NONE;
  @ assigns *e;
  @ ensures ep_without(\old(*e), *e, thread);
  @ ensures \result == ep_orphan(\old(*e), thread);
  @*/
uint32_t ep_forget(struct endpoint *e, uint32_t thread)
{
    uint32_t orphan = EP_NONE;

    ep_cancel(e, thread);
    if (e->server == thread) {
        orphan = e->caller;
        e->server = EP_NONE;
        e->caller = EP_NONE;
    }
    return orphan;
}

/*@ requires \valid(table + i) && ep_queue_ok(table[i].senders) && thread < EP_NONE && \valid(orphan + i);
  @ requires \separated(table + (0 .. count - 1), orphan + (0 .. count - 1)) && i < count;
  @ assigns table[i], orphan[i];
  @ ensures ep_without(\old(table[i]), table[i], thread);
  @ ensures orphan[i] == ep_orphan(\old(table[i]), thread);
  @ ensures others: \forall integer k; 0 <= k < count && k != i ==> table[k] == \old(table[k]);
  @ ensures theirs: \forall integer k; 0 <= k < count && k != i ==> orphan[k] == \old(orphan[k]);
  @*/
static void forget_at(struct endpoint *table, uint32_t count, uint32_t i, uint32_t thread, uint16_t *orphan)
{
    (void)count; /* only the contract speaks of it */
    orphan[i] = (uint16_t)ep_forget(&table[i], thread);
}

/*@ requires \valid(table + (0 .. count - 1)) && \valid(orphan + (0 .. count - 1)) && thread < EP_NONE;
  @ requires \separated(table + (0 .. count - 1), orphan + (0 .. count - 1));
  @ requires \forall integer i; 0 <= i < count ==> ep_queue_ok(table[i].senders);
  @ assigns table[0 .. count - 1], orphan[0 .. count - 1];
  @ ensures \forall integer i; 0 <= i < count ==> ep_without(\old(table[i]), table[i], thread);
  @ ensures \forall integer i; 0 <= i < count ==> orphan[i] == ep_orphan(\old(table[i]), thread);
  @*/
void ep_forget_all(struct endpoint *table, uint32_t count, uint32_t thread, uint16_t *orphan)
{
    /*@ loop invariant 0 <= i <= count;
      @ loop invariant \forall integer k; i <= k < count ==> table[k] == \at(table[k], Pre);
      @ loop invariant \forall integer k; 0 <= k < i ==> ep_without(\at(table[k], Pre), table[k], thread);
      @ loop invariant \forall integer k; 0 <= k < i ==> orphan[k] == ep_orphan(\at(table[k], Pre), thread);
      @ loop assigns i, table[0 .. count - 1], orphan[0 .. count - 1];
      @ loop variant count - i;
      @*/
    for (uint32_t i = 0; i < count; i++)
        forget_at(table, count, i, thread, orphan);
}

/*@ requires \valid_read(e) && ep_queue_ok(e->senders);
  @ requires e->caller != EP_NONE ==> \valid_read(prio + e->caller);
  @ requires \forall integer i; 0 <= i < e->senders.count ==> \valid_read(prio + ep_queue_at(e->senders, i));
  @ assigns \nothing;
  @ ensures e->caller != EP_NONE ==> \result >= prio[e->caller];
  @ ensures \forall integer i; 0 <= i < e->senders.count ==> \result >= prio[ep_queue_at(e->senders, i)];
  @ ensures \result == 0 || (e->caller != EP_NONE && \result == prio[e->caller])
  @   || \exists integer i; 0 <= i < e->senders.count && \result == prio[ep_queue_at(e->senders, i)];
  @*/
uint32_t ep_demand(const struct endpoint *e, const uint32_t *prio)
{
    uint32_t demand = e->caller == EP_NONE ? 0 : prio[e->caller];

    /*@ loop invariant 0 <= i <= e->senders.count;
      @ loop invariant e->caller != EP_NONE ==> demand >= prio[e->caller];
      @ loop invariant \forall integer k; 0 <= k < i ==> demand >= prio[ep_queue_at(e->senders, k)];
      @ loop invariant demand == 0 || (e->caller != EP_NONE && demand == prio[e->caller])
      @   || \exists integer k; 0 <= k < i && demand == prio[ep_queue_at(e->senders, k)];
      @ loop assigns i, demand;
      @ loop variant e->senders.count - i;
      @*/
    for (uint32_t i = 0; i < e->senders.count; i++) {
        uint32_t p = prio[get(&e->senders, i)];

        demand = p > demand ? p : demand;
    }
    return demand;
}
