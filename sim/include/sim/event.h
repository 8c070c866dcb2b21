/* SPDX-License-Identifier: MIT */
/*
 * The event queue of the machine: what will happen at which virtual time. A binary heap ordered by (time, order of
 * scheduling). Events are embedded in whatever they belong to.
 *
 * Events of the host's side (EVENT_CONTROL) look at the machine without being a part of it: they stand in a queue of their
 * own, and a run in which they happen takes the same turns as one in which they do not.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** No event. */
#define EVENT_NEVER UINT64_MAX

enum event_kind {
    EVENT_TICK,    /* the kernel's own clock: cannot wake a blocked task */
    EVENT_DEVICE,  /* may lead to an interrupt */
    EVENT_INPUT,   /* something from outside arrives; the first of all at its time */
    EVENT_CONTROL, /* of the host's side: stop, look; before the machine's own events at its time */
    EVENT_KIND_COUNT,
};

struct event {
    uint64_t time;
    uint64_t order;
    uint32_t place; /* index in the heap + 1; 0: not scheduled */
    enum event_kind kind;
    void (*fire)(struct event *event); /* runs at `time`; may schedule it again */
    void *owner;
};

/** Prepare an event. */
void event_init(struct event *event, enum event_kind kind, void (*fire)(struct event *event), void *owner);
/** Let it happen at `time`; if it is scheduled already, then instead of its former time. */
void event_schedule(struct event *event, uint64_t time);
/** Let it not happen. */
void event_cancel(struct event *event);
static inline bool event_pending(const struct event *event)
{
    return event->place != 0;
}

/** Time of the machine's earliest event, and of the host's side's; EVENT_NEVER if there is none. */
uint64_t event_next_time(void);
uint64_t event_control_time(void);
/** Take the earliest event out and fire it. There is one. */
void event_fire_next(void);
void event_fire_control(void);
/** How many events of a kind are scheduled. */
uint32_t event_count(enum event_kind kind);
