/* SPDX-License-Identifier: MIT */
#include <sim/event.h>
#include <sim/machine.h>

#include <stdlib.h>

/* The machine's events and those of the host's side: two heaps, so that the latter do not show in the machine's order. */
static struct heap {
    struct event **event; /* event[0] is the earliest */
    uint32_t count, room;
} heaps[2];

static uint64_t orders;
static uint32_t kinds[EVENT_KIND_COUNT];

static struct heap *heap_of(enum event_kind kind)
{
    return &heaps[kind == EVENT_CONTROL];
}

static bool earlier(const struct event *a, const struct event *b)
{
    return a->time != b->time ? a->time < b->time : a->order < b->order;
}

static void put(struct heap *heap, uint32_t i, struct event *event)
{
    heap->event[i] = event;
    event->place = i + 1;
}

static void sift_up(struct heap *heap, uint32_t i)
{
    struct event *event = heap->event[i];

    while (i > 0 && earlier(event, heap->event[(i - 1) / 2])) {
        put(heap, i, heap->event[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
    put(heap, i, event);
}

static void sift_down(struct heap *heap, uint32_t i)
{
    struct event *event = heap->event[i];

    for (;;) {
        uint32_t child = 2 * i + 1;
        if (child >= heap->count)
            break;
        if (child + 1 < heap->count && earlier(heap->event[child + 1], heap->event[child]))
            child++;
        if (!earlier(heap->event[child], event))
            break;
        put(heap, i, heap->event[child]);
        i = child;
    }
    put(heap, i, event);
}

static void take_out(struct event *event)
{
    struct heap *heap = heap_of(event->kind);
    uint32_t i = event->place - 1;
    struct event *last = heap->event[--heap->count];

    event->place = 0;
    kinds[event->kind]--;
    if (last == event)
        return;
    put(heap, i, last);
    sift_down(heap, i);
    sift_up(heap, last->place - 1);
}

void event_init(struct event *event, enum event_kind kind, void (*fire)(struct event *event), void *owner)
{
    *event = (struct event){.kind = kind, .fire = fire, .owner = owner};
}

void event_schedule(struct event *event, uint64_t time)
{
    struct heap *heap = heap_of(event->kind);

    if (event->place != 0)
        take_out(event);
    if (heap->count == heap->room) {
        heap->room = heap->room == 0 ? 32 : heap->room * 2;
        heap->event = realloc(heap->event, heap->room * sizeof *heap->event);
        if (heap->event == NULL)
            abort();
    }
    event->time = time;
    event->order = event->kind == EVENT_INPUT ? 0 : ++orders;
    kinds[event->kind]++;
    put(heap, heap->count++, event);
    sift_up(heap, heap->count - 1);
    if (event->kind == EVENT_CONTROL)
        machine_look_at(time);
    else
        machine_horizon(time);
}

void event_cancel(struct event *event)
{
    if (event->place != 0)
        take_out(event);
}

static uint64_t first_time(const struct heap *heap)
{
    return heap->count == 0 ? EVENT_NEVER : heap->event[0]->time;
}

uint64_t event_next_time(void)
{
    return first_time(&heaps[0]);
}

uint64_t event_control_time(void)
{
    return first_time(&heaps[1]);
}

static void fire_first(struct heap *heap)
{
    struct event *event = heap->event[0];

    take_out(event);
    event->fire(event);
}

void event_fire_next(void)
{
    fire_first(&heaps[0]);
}

void event_fire_control(void)
{
    fire_first(&heaps[1]);
}

uint32_t event_count(enum event_kind kind)
{
    return kinds[kind];
}
