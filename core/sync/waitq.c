/* SPDX-License-Identifier: MIT */
#include <sync/waitq.h>

void waitq_init(struct waitq *queue)
{
    queue->head = WAITQ_NONE;
    queue->tail = WAITQ_NONE;
}

void waitq_links_init(struct waitq_link *links, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        links[i] = (struct waitq_link){.next = WAITQ_NONE, .prev = WAITQ_NONE, .linked = 0};
}

void waitq_push(struct waitq_link *links, struct waitq *queue, uint32_t index)
{
    links[index] = (struct waitq_link){.next = WAITQ_NONE, .prev = queue->tail, .linked = 1};
    if (queue->tail == WAITQ_NONE)
        queue->head = (uint16_t)index;
    else
        links[queue->tail].next = (uint16_t)index;
    queue->tail = (uint16_t)index;
}

void waitq_push_front(struct waitq_link *links, struct waitq *queue, uint32_t index)
{
    links[index] = (struct waitq_link){.next = queue->head, .prev = WAITQ_NONE, .linked = 1};
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
    links[index] = (struct waitq_link){.next = WAITQ_NONE, .prev = WAITQ_NONE, .linked = 0};
}

void waitq_pop(struct waitq_link *links, struct waitq *queue)
{
    uint32_t first = queue->head;

    queue->head = links[first].next;
    if (queue->head == WAITQ_NONE)
        queue->tail = WAITQ_NONE;
    else
        links[queue->head].prev = WAITQ_NONE;
    links[first] = (struct waitq_link){.next = WAITQ_NONE, .prev = WAITQ_NONE, .linked = 0};
}

uint32_t waitq_first(const struct waitq *queue)
{
    return queue->head;
}
