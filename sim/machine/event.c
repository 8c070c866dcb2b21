/* SPDX-License-Identifier: MIT */
#include <sim/event.h>
#include <sim/machine.h>

#include <stdlib.h>

static struct {
    struct event **heap; /* heap[0] is the earliest */
    uint32_t count, room;
    uint64_t order;
    uint32_t kinds[EVENT_KIND_COUNT];
} queue;

static bool earlier(const struct event *a, const struct event *b)
{
    return a->time != b->time ? a->time < b->time : a->order < b->order;
}

static void put(uint32_t i, struct event *event)
{
    queue.heap[i] = event;
    event->place = i + 1;
}

static void sift_up(uint32_t i)
{
    struct event *event = queue.heap[i];

    while (i > 0 && earlier(event, queue.heap[(i - 1) / 2])) {
        put(i, queue.heap[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
    put(i, event);
}

static void sift_down(uint32_t i)
{
    struct event *event = queue.heap[i];

    for (;;) {
        uint32_t child = 2 * i + 1;
        if (child >= queue.count)
            break;
        if (child + 1 < queue.count && earlier(queue.heap[child + 1], queue.heap[child]))
            child++;
        if (!earlier(queue.heap[child], event))
            break;
        put(i, queue.heap[child]);
        i = child;
    }
    put(i, event);
}

static void take_out(struct event *event)
{
    uint32_t i = event->place - 1;
    struct event *last = queue.heap[--queue.count];

    event->place = 0;
    queue.kinds[event->kind]--;
    if (last == event)
        return;
    put(i, last);
    sift_down(i);
    sift_up(last->place - 1);
}

void event_init(struct event *event, enum event_kind kind, void (*fire)(struct event *event), void *owner)
{
    *event = (struct event){.kind = kind, .fire = fire, .owner = owner};
}

void event_schedule(struct event *event, uint64_t time)
{
    if (event->place != 0)
        take_out(event);
    if (queue.count == queue.room) {
        queue.room = queue.room == 0 ? 32 : queue.room * 2;
        queue.heap = realloc(queue.heap, queue.room * sizeof *queue.heap);
        if (queue.heap == NULL)
            abort();
    }
    event->time = time;
    event->order = event->kind == EVENT_INPUT ? 0 : ++queue.order;
    queue.kinds[event->kind]++;
    put(queue.count++, event);
    sift_up(queue.count - 1);
    machine_horizon(time);
}

void event_cancel(struct event *event)
{
    if (event->place != 0)
        take_out(event);
}

uint64_t event_next_time(void)
{
    return queue.count == 0 ? EVENT_NEVER : queue.heap[0]->time;
}

void event_fire_next(void)
{
    struct event *event = queue.heap[0];

    take_out(event);
    event->fire(event);
}

uint32_t event_count(enum event_kind kind)
{
    return queue.kinds[kind];
}
