/* SPDX-License-Identifier: MIT */
/*
 * An endpoint's decisions, as pure functions over a small struct of indices: who gets a message, who waits, who is owed a
 * reply. The code around them (message.c) locks, copies and wakes.
 *
 * One conversation at a time: a task that receives a CALL becomes the endpoint's server and owes its caller one reply,
 * which is its next SEND on that endpoint; until then nobody receives on it. A server whose caller is gone still owes; its
 * reply is answered with "partner gone" and ends the conversation.
 */
#pragma once
#include <abi/types.h>

#define EP_NONE 0xFFFFu
#define EP_QUEUE 4u /* waiting senders per endpoint */

struct ep_queue {
    uint16_t thread[EP_QUEUE];
    uint32_t head;  /* < EP_QUEUE */
    uint32_t count; /* <= EP_QUEUE */
};

struct endpoint {
    struct ep_queue senders; /* in the order they came */
    uint16_t receiver;       /* waits in RECV, or EP_NONE */
    uint16_t server;         /* owes a reply, or EP_NONE */
    uint16_t caller;         /* is owed it; EP_NONE with a server: the caller is gone */
};

void ep_init(struct endpoint *e);

/** Append; false if the queue is full (nothing changes). */
bool ep_queue_push(struct ep_queue *q, uint32_t thread);
/** Take the oldest; false if empty. */
bool ep_queue_pop(struct ep_queue *q, uint32_t *thread);
/** Take `thread` out wherever it stands; the others keep their order. False if it was not there. */
bool ep_queue_remove(struct ep_queue *q, uint32_t thread);
bool ep_queue_contains(struct ep_queue q, uint32_t thread);

enum ep_send {
    EP_SEND_REPLY,      /* it is the owed reply, for `caller` */
    EP_SEND_REPLY_GONE, /* it is the owed reply, but nobody waits for it any more */
    EP_SEND_DELIVER,    /* for `receiver` */
    EP_SEND_QUEUE,      /* wait in the queue */
    EP_SEND_FULL,       /* no place in the queue */
    EP_SEND_OWED,       /* a CALL by the server itself: it must reply first */
};
/** What SEND (or CALL) by thread `me` means now. */
enum ep_send ep_send_decide(struct endpoint e, uint32_t me, bool call);

enum ep_recv {
    EP_RECV_TAKE, /* the oldest sender's message */
    EP_RECV_WAIT, /* become the receiver */
    EP_RECV_BUSY, /* somebody else receives or serves */
    EP_RECV_OWED, /* reply first */
};
/** What RECV by thread `me` means now. */
enum ep_recv ep_recv_decide(struct endpoint e, uint32_t me);

/** End whatever wait `thread` is in here: as sender, receiver or caller. A server it stays. */
void ep_cancel(struct endpoint *e, uint32_t thread);
/**
 * Remove every trace of `thread`. Returns the caller that was waiting for its reply and now never gets one, or EP_NONE.
 */
uint32_t ep_forget(struct endpoint *e, uint32_t thread);
/** ep_forget() on all `count` endpoints of a table; `orphan[i]` is what it returned for the i-th. */
void ep_forget_all(struct endpoint *table, uint32_t count, uint32_t thread, uint16_t *orphan);

/** The priority that the waiting senders and caller lend to the server: the highest of theirs; 0 if nobody waits. */
uint32_t ep_demand(const struct endpoint *e, const uint32_t *prio);
