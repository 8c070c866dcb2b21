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

void waitq_init(struct waitq *queue);
/** Mark all `count` links as being in no queue. */
void waitq_links_init(struct waitq_link *links, uint32_t count);
/** Append thread `index`, which is in no queue. */
void waitq_push(struct waitq_link *links, struct waitq *queue, uint32_t index);
/** Put thread `index`, which is in no queue, first. */
void waitq_push_front(struct waitq_link *links, struct waitq *queue, uint32_t index);
/** Take thread `index` out of `queue`, where it is; the others keep their order. */
void waitq_remove(struct waitq_link *links, struct waitq *queue, uint32_t index);
/** Take the first thread out of `queue`, which is not empty. */
void waitq_pop(struct waitq_link *links, struct waitq *queue);
/** First thread or WAITQ_NONE; stays in the queue. */
uint32_t waitq_first(const struct waitq *queue);
