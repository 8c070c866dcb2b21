/* SPDX-License-Identifier: MIT */
/*
 * Messages, replies, cancelled waits and deaths: from every sound state of a few tasks and endpoints, every operation leads
 * to a sound state, answers who is owed an answer, and touches nobody else. Sound is what sound() says, which includes "who
 * sleeps can be found by whoever has to wake it".
 */
#include "world.h"

#include "core/ipc/endpoint.c"
#include "core/ipc/ipc.c"
#include "core/ipc/message.c"
#include "core/ipc/notify.c"

void ipc_grants_cleanup_locked(uint32_t index)
{
    (void)index;
}

void ipc_irqs_cleanup_locked(uint32_t index)
{
    (void)index;
}

static uint16_t any_thread_or_none(void)
{
    return nondet_bool() ? EP_NONE : (uint16_t)any_below(CONFIG_TASKS);
}

/* How often `t` stands in the queue. */
static uint32_t queued(const struct ep_queue *q, uint32_t t)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < EP_QUEUE; i++)
        n += i < q->count && q->thread[(q->head + i) % EP_QUEUE] == t;
    return n;
}

static bool sound_endpoint(const struct ipc_state *s, uint32_t ep)
{
    const struct endpoint *e = &s->ep[ep];
    uint32_t receivers = 0;
    bool ok = e->senders.head < EP_QUEUE && e->senders.count <= EP_QUEUE;

    for (uint32_t i = 0; i < EP_QUEUE; i++)
        ok = ok && (i >= e->senders.count || e->senders.thread[(e->senders.head + i) % EP_QUEUE] < CONFIG_TASKS);
    ok = ok && (e->receiver == EP_NONE || (e->receiver < CONFIG_TASKS && e->server == EP_NONE && e->senders.count == 0));
    ok = ok && (e->server == EP_NONE || e->server < CONFIG_TASKS);
    ok = ok && (e->caller == EP_NONE || (e->caller < CONFIG_TASKS && e->server != EP_NONE && e->caller != e->server));
    for (uint32_t t = 0; t < CONFIG_TASKS; t++)
        receivers += s->thread[t].receives >> ep & 1u;
    return ok && s->receivers[ep] == receivers;
}

/* A thread waits in one place, which knows it; the place knows nobody else. */
static bool sound_thread(const struct ipc_state *s, uint32_t t)
{
    uint32_t places = s->thread[t].notify_wait;
    bool ok = s->prio[t] < 8 && s->base[t] <= s->prio[t] && s->thread[t].receives < 1u << CONFIG_ENDPOINTS;

    for (uint32_t ep = 0; ep < CONFIG_ENDPOINTS; ep++) {
        const struct endpoint *e = &s->ep[ep];
        uint32_t sends = queued(&e->senders, t) + (e->caller == t);

        ok = ok && sends == (s->thread[t].endpoint == ep);
        ok = ok && (e->caller != t || s->thread[t].calling);
        places += sends + (e->receiver == t);
    }
    ok = ok && (s->thread[t].endpoint == EP_NONE || s->thread[t].endpoint < CONFIG_ENDPOINTS);
    ok = ok && (!s->thread[t].notify_wait || s->thread[t].pending == 0);
    return ok && places == world.blocked[t] && (s->thread[t].alive || places == 0);
}

static bool sound(const struct ipc_state *s)
{
    bool ok = !world.locked;

    for (uint32_t ep = 0; ep < CONFIG_ENDPOINTS; ep++)
        ok = ok && sound_endpoint(s, ep);
    for (uint32_t t = 0; t < CONFIG_TASKS; t++)
        ok = ok && sound_thread(s, t);
    return ok;
}

/* Any sound state. */
static struct ipc_state *any_state(void)
{
    struct ipc_state *s = ipc_state();

    for (uint32_t ep = 0; ep < CONFIG_ENDPOINTS; ep++) {
        struct endpoint *e = &s->ep[ep];

        e->senders.head = any_below(EP_QUEUE);
        e->senders.count = any_below(EP_QUEUE + 1);
        for (uint32_t i = 0; i < EP_QUEUE; i++)
            e->senders.thread[i] = (uint16_t)any_below(CONFIG_TASKS);
        e->receiver = any_thread_or_none();
        e->server = any_thread_or_none();
        e->caller = any_thread_or_none();
        s->receivers[ep] = nondet_u32();
    }
    for (uint32_t t = 0; t < CONFIG_TASKS; t++) {
        s->thread[t] = (struct ipc_thread){
            .msg = {nondet_u64(), nondet_u64(), nondet_u64(), nondet_u64()}, .pending = nondet_u64(),
            .endpoint = nondet_u16(), .calling = nondet_bool(), .notify_wait = nondet_bool(), .attached = true,
            .alive = nondet_bool(), .receives = nondet_u32()};
        s->base[t] = 0; /* priorities are lent in a harness of their own */
        s->prio[t] = 0;
        world.blocked[t] = nondet_bool();
        world.woken[t] = false;
    }
    ASSUME(sound(s));
    return s;
}

static bool same_words(const uint64_t *a, const uint64_t *b)
{
    return a[0] == b[0] && a[1] == b[1] && a[2] == b[2] && a[3] == b[3];
}

/* Somebody who is awake: task 0, since no code looks at what an index is. */
static uint32_t any_awake(const struct ipc_state *s)
{
    ASSUME(s->thread[0].alive && !world.blocked[0]);
    world.current = 0;
    return 0;
}

/* SEND and CALL. `other` is anybody else: what may become of it? */
void prove_ipc_send(void)
{
    struct ipc_state *s = any_state();
    uint32_t me = any_awake(s), other = any_below(CONFIG_TASKS), ep = 0;
    const uint64_t w[4] = {nondet_u64(), nondet_u64(), nondet_u64(), nondet_u64()};
    struct endpoint before = s->ep[ep];
    struct ipc_thread was = s->thread[other];
    bool slept = world.blocked[other], call = nondet_bool();
    uint64_t reply[4];
    status_t status = call ? ipc_call(me, ep, w, reply) : ipc_send(me, ep, w);

    CLAIM(sound(s), "sound before, sound afterwards");
    if (before.server == me && !call) {
        CLAIM(status == (before.caller == EP_NONE ? ERR_PEER_CLOSED : STATUS_OK), "a reply says whether it arrived");
        CLAIM(s->ep[ep].server == EP_NONE, "one reply: the second SEND is none");
    }
    if (before.server == me && call)
        CLAIM(status == ERR_REPLY_OWED && s->ep[ep].server == me, "who owes a reply does not call");
    if (other == me)
        return;
    if (before.caller == other && (before.server != me || call))
        CLAIM(world.blocked[other], "nobody but its server answers a caller");
    if (world.woken[other]) {
        CLAIM(world.status[other] == STATUS_OK && same_words(s->thread[other].msg, w), "who is woken has the message");
        CLAIM(before.receiver == other || (before.caller == other && before.server == me), "and waited for it");
    } else {
        CLAIM(world.blocked[other] == slept && same_words(s->thread[other].msg, was.msg), "nobody else notices");
    }
}

void prove_ipc_recv(void)
{
    struct ipc_state *s = any_state();
    uint32_t me = any_awake(s), other = any_below(CONFIG_TASKS), ep = 0;
    struct endpoint before = s->ep[ep];
    uint32_t first = before.senders.thread[before.senders.head];
    bool slept = world.blocked[other];
    uint64_t w[4];
    status_t status = ipc_recv(me, ep, w);

    CLAIM(sound(s), "sound before, sound afterwards");
    if (before.server != EP_NONE || before.receiver != EP_NONE)
        CLAIM(status == (before.server == me ? ERR_REPLY_OWED : ERR_RECEIVER_BUSY), "one conversation at a time");
    else if (before.senders.count > 0)
        CLAIM(status == STATUS_OK && same_words(w, s->thread[first].msg), "the oldest sender's message");
    else
        CLAIM(world.blocked[me] && s->ep[ep].receiver == me, "waits as the receiver");
    if (other == me || status != STATUS_OK || other != first)
        CLAIM(other == me || world.blocked[other] == slept, "nobody else notices");
    else
        CLAIM(world.blocked[other] == s->thread[other].calling, "a sender goes on, a caller waits for its reply");
}

/* A wait that is cut off, or a death: no trace of the task stays, and who waited for its reply hears of it. */
void prove_ipc_end(void)
{
    struct ipc_state *s = any_state();
    uint32_t gone = 0, other = any_below(CONFIG_TASKS), ep = 0;
    struct endpoint before = s->ep[ep];
    uint32_t stood = queued(&before.senders, other);
    bool slept = world.blocked[other], notify_wait = s->thread[other].notify_wait, dies = nondet_bool(), ended = nondet_bool();

    if (dies) {
        ASSUME(s->thread[gone].alive && !world.blocked[gone]);
        world.current = gone;
        ipc_cleanup(gone, ended);
        CLAIM(!s->thread[gone].alive && s->ep[ep].server != gone, "the dead serve nobody");
        CLAIM(s->thread[gone].pending == 0, "and were told nothing");
    } else {
        ipc_cancel(gone);
        CLAIM(!world.woken[gone] || world.status[gone] == ERR_KILLED, "it hears why");
        CLAIM(s->ep[ep].server == before.server, "it owes what it owed");
    }
    CLAIM(sound(s), "sound before, sound afterwards");
    CLAIM(!world.blocked[gone], "it waits nowhere");
    if (other == gone)
        return;
    if (dies && before.server == gone && before.caller == other)
        CLAIM(world.woken[other] && world.status[other] == ERR_PEER_CLOSED, "its caller hears that no reply comes");
    else if (before.caller == other || before.receiver == other || (slept && notify_wait))
        CLAIM(world.blocked[other], "whose wait concerns others waits on");
    if (stood && s->receivers[ep] > (s->thread[other].receives >> ep & 1u))
        CLAIM(queued(&s->ep[ep].senders, other) == 1, "who can still be served keeps its place");
    if (world.woken[other])
        CLAIM(world.status[other] == ERR_PEER_CLOSED, "woken means: the peer is gone");
}

/* Notification words: bits are neither lost nor invented, and nobody sleeps on a word that has some. */
void prove_notify(void)
{
    struct ipc_state *s = any_state();
    uint64_t target = nondet_u64(), bits = nondet_u64(), taken = 0;
    uint32_t other = any_below(CONFIG_TASKS);
    uint64_t pending = s->thread[other].pending;
    bool slept = world.blocked[other], waited = s->thread[other].notify_wait;

    if (nondet_bool()) {
        bool there = target < CONFIG_TASKS && s->thread[target].alive;
        status_t status = ipc_notify(target, bits);

        CLAIM(status == (there ? STATUS_OK : ERR_BAD_TARGET), "only the living are told");
        CLAIM(s->thread[other].pending == (pending | (there && other == target ? bits : 0)), "its bits and nobody else's");
        CLAIM(world.woken[other] == (waited && target == other && bits != 0), "woken by bits, and by nothing else");
        CLAIM(world.blocked[other] == (slept && !world.woken[other]), "who waits for something else waits on");
    } else {
        uint32_t me = any_awake(s);
        status_t status;

        ASSUME(me == other);
        status = ipc_wait_notify(me, &taken);
        CLAIM(world.blocked[me] == (pending == 0), "sleeps only on an empty word");
        CLAIM(world.blocked[me] || (status == STATUS_OK && taken == pending && s->thread[me].pending == 0), "takes all of it");
        if (world.blocked[me])
            s->thread[me].pending = 0; /* sched_block() came back too early */
    }
    CLAIM(sound(s), "sound before, sound afterwards");
}
