/* SPDX-License-Identifier: MIT */
#include <sync/waitq.h>

/*@ requires \valid(link);
  @ assigns link->next, link->prev, link->linked;
  @ ensures link->prev == prev && link->next == next && link->linked == linked;
  @*/
static void link_set(struct waitq_link *link, uint16_t prev, uint16_t next, uint16_t linked)
{
    link->next = next;
    link->prev = prev;
    link->linked = linked;
}

void waitq_init(struct waitq *queue)
{
    queue->head = WAITQ_NONE;
    queue->tail = WAITQ_NONE;
}

void waitq_links_init(struct waitq_link *links, uint32_t count)
{
    /*@ loop invariant 0 <= i <= count && \forall integer k; 0 <= k < i ==> waitq_free(links, k);
      @ loop assigns i, links[0 .. count - 1];
      @ loop variant count - i;
      @*/
    for (uint32_t i = 0; i < count; i++)
        link_set(&links[i], WAITQ_NONE, WAITQ_NONE, 0);
}

void waitq_push(struct waitq_link *links, struct waitq *queue, uint32_t index)
{
    link_set(&links[index], queue->tail, WAITQ_NONE, 1);
    if (queue->tail == WAITQ_NONE)
        queue->head = (uint16_t)index;
    else
        links[queue->tail].next = (uint16_t)index;
    queue->tail = (uint16_t)index;
}

void waitq_push_front(struct waitq_link *links, struct waitq *queue, uint32_t index)
{
    link_set(&links[index], WAITQ_NONE, queue->head, 1);
    if (queue->head == WAITQ_NONE)
        queue->tail = (uint16_t)index;
    else
        links[queue->head].prev = (uint16_t)index;
    queue->head = (uint16_t)index;
}

void waitq_remove(struct waitq_link *links, struct waitq *queue, uint32_t index)
{
    struct waitq_link link = links[index];

    if (link.prev == WAITQ_NONE)
        queue->head = link.next;
    else
        links[link.prev].next = link.next;
    if (link.next == WAITQ_NONE)
        queue->tail = link.prev;
    else
        links[link.next].prev = link.prev;
    link_set(&links[index], WAITQ_NONE, WAITQ_NONE, 0);
}

void waitq_pop(struct waitq_link *links, struct waitq *queue)
{
    uint32_t first = queue->head;

    queue->head = links[first].next;
    if (queue->head == WAITQ_NONE)
        queue->tail = WAITQ_NONE;
    else
        links[queue->head].prev = WAITQ_NONE;
    link_set(&links[first], WAITQ_NONE, WAITQ_NONE, 0);
}

uint32_t waitq_first(const struct waitq *queue)
{
    return queue->head;
}
