/* SPDX-License-Identifier: MIT */
/*
 * The numbered events of a run: every trace event and byte of output, in the machine's total order, added to a rolling
 * hash. (Input shows in what it causes: in a replay it is known from the start.) Two runs that agree in number and hash
 * have done the same things at the same virtual times. Costs nothing until somebody asks for it.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct event_mark {
    uint64_t events; /* so many have happened */
    uint64_t hash;   /* of all of them */
    uint64_t time;   /* units, at the last one */
};

struct events_plan {
    uint32_t every; /* call mark() each so many events; 0: never */
    void (*mark)(const struct event_mark *mark);
    uint64_t from, to; /* call event() for events number from..to, counted from 1; 0, 0: for none */
    void (*event)(const struct event_mark *mark, const char *words);
    uint64_t disturb_at; /* for tests of the checker: at this event one unit of time is lost; 0: never */
};

/** Start counting. Once, before the machine starts. `plan` is copied. */
void events_start(const struct events_plan *plan);
/** Where the run is now. */
struct event_mark events_now(void);
