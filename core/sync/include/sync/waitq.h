/* SPDX-License-Identifier: MIT */
/*
 * FIFO queues of threads, linked by thread index in one plain array: the levels of the run queue and every wait queue.
 * A thread is in at most one queue at a time, so one link per thread serves them all; every operation is O(1).
 * Pure: no locking (the scheduler lock guards all of it), no pointers between elements.
 */
#pragma once
#include <abi/types.h>

#define WAITQ_NONE 0xFFFFu

struct waitq {
    uint16_t head, tail; /* thread indices, or WAITQ_NONE when empty */
};

struct waitq_link {
    uint16_t next, prev; /* neighbours in the queue the thread is in, or WAITQ_NONE */
    uint16_t linked;     /* 1: in a queue */
};

#define WAITQ_INIT                                                                                                     \
    {                                                                                                                  \
        .head = WAITQ_NONE, .tail = WAITQ_NONE                                                                         \
    }

/*@ // Both ends or none; an end has no neighbour beyond it.
  @ predicate waitq_ends{L}(struct waitq_link *links, struct waitq *q) =
  @   (q->head == WAITQ_NONE <==> q->tail == WAITQ_NONE) &&
  @   (q->head != WAITQ_NONE ==> \valid(links + q->head) && links[q->head].linked == 1 && links[q->head].prev == WAITQ_NONE) &&
  @   (q->tail != WAITQ_NONE ==> \valid(links + q->tail) && links[q->tail].linked == 1 && links[q->tail].next == WAITQ_NONE);
  @ predicate waitq_free{L}(struct waitq_link *links, integer i) =
  @   links[i].linked == 0 && links[i].next == WAITQ_NONE && links[i].prev == WAITQ_NONE;
  @*/

/*@ requires \valid(queue);
  @ assigns *queue;
  @ ensures queue->head == WAITQ_NONE && queue->tail == WAITQ_NONE;
  @*/
void waitq_init(struct waitq *queue);
/** Mark all `count` links as being in no queue. */
/*@ requires \valid(links + (0 .. count - 1));
  @ assigns links[0 .. count - 1];
  @ ensures \forall integer i; 0 <= i < count ==> waitq_free(links, i);
  @*/
void waitq_links_init(struct waitq_link *links, uint32_t count);
/** Append thread `index`, which is in no queue. */
/*@ requires \valid(queue) && \valid(links + index) && index < WAITQ_NONE && waitq_ends(links, queue);
  @ requires links[index].linked == 0 && queue->tail != index;
  @ requires \separated(queue, links + index) && \separated(queue, links + queue->tail);
  @ assigns *queue, links[index], links[queue->tail].next;
  @ ensures last: queue->tail == index && links[index].next == WAITQ_NONE && links[index].linked == 1;
  @ ensures behind: links[index].prev == \old(queue->tail);
  @ ensures \old(queue->tail) == WAITQ_NONE ==> queue->head == index;
  @ ensures \old(queue->tail) != WAITQ_NONE ==>
  @   queue->head == \old(queue->head) && links[\old(queue->tail)].next == index;
  @*/
void waitq_push(struct waitq_link *links, struct waitq *queue, uint32_t index);
/** Put thread `index`, which is in no queue, first. */
/*@ requires \valid(queue) && \valid(links + index) && index < WAITQ_NONE && waitq_ends(links, queue);
  @ requires links[index].linked == 0 && queue->head != index;
  @ requires \separated(queue, links + index) && \separated(queue, links + queue->head);
  @ assigns *queue, links[index], links[queue->head].prev;
  @ ensures first: queue->head == index && links[index].prev == WAITQ_NONE && links[index].linked == 1;
  @ ensures before: links[index].next == \old(queue->head);
  @ ensures \old(queue->head) == WAITQ_NONE ==> queue->tail == index;
  @ ensures \old(queue->head) != WAITQ_NONE ==>
  @   queue->tail == \old(queue->tail) && links[\old(queue->head)].prev == index;
  @*/
void waitq_push_front(struct waitq_link *links, struct waitq *queue, uint32_t index);
/** Take thread `index` out of `queue`, where it is; the others keep their order. */
/*@ requires \valid(queue) && \valid(links + index) && index < WAITQ_NONE;
  @ requires links[index].prev != WAITQ_NONE ==> \valid(links + links[index].prev) && links[index].prev != index;
  @ requires links[index].next != WAITQ_NONE ==> \valid(links + links[index].next) && links[index].next != index;
  @ requires links[index].prev == WAITQ_NONE <==> queue->head == index;
  @ requires links[index].next == WAITQ_NONE <==> queue->tail == index;
  @ requires \separated(queue, links + index, links + links[index].prev) && \separated(queue, links + links[index].next);
  @ assigns *queue, links[index], links[links[index].prev].next, links[links[index].next].prev;
  @ ensures waitq_free(links, index);
  @ ensures \old(links[index].prev) == WAITQ_NONE ==> queue->head == \old(links[index].next);
  @ ensures \old(links[index].prev) != WAITQ_NONE ==>
  @   queue->head == \old(queue->head) && links[\old(links[index].prev)].next == \old(links[index].next);
  @ ensures \old(links[index].next) == WAITQ_NONE ==> queue->tail == \old(links[index].prev);
  @ ensures \old(links[index].next) != WAITQ_NONE ==>
  @   queue->tail == \old(queue->tail) && links[\old(links[index].next)].prev == \old(links[index].prev);
  @*/
void waitq_remove(struct waitq_link *links, struct waitq *queue, uint32_t index);
/** Take the first thread out of `queue`, which is not empty. */
/*@ requires \valid(queue) && queue->head != WAITQ_NONE && waitq_ends(links, queue);
  @ requires links[queue->head].next != WAITQ_NONE ==>
  @   \valid(links + links[queue->head].next) && links[queue->head].next != queue->head;
  @ requires \separated(queue, links + queue->head) && \separated(queue, links + links[queue->head].next);
  @ assigns *queue, links[queue->head], links[links[queue->head].next].prev;
  @ ensures waitq_free(links, \old(queue->head));
  @ ensures queue->head == \old(links[queue->head].next);
  @ ensures queue->head == WAITQ_NONE ==> queue->tail == WAITQ_NONE;
  @ ensures queue->head != WAITQ_NONE ==> queue->tail == \old(queue->tail) && links[queue->head].prev == WAITQ_NONE;
  @*/
void waitq_pop(struct waitq_link *links, struct waitq *queue);
/** First thread or WAITQ_NONE; stays in the queue. */
/*@ requires \valid_read(queue);
  @ assigns \nothing;
  @ ensures \result == queue->head;
  @*/
uint32_t waitq_first(const struct waitq *queue);
