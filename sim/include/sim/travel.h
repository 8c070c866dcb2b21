/* SPDX-License-Identifier: MIT */
/*
 * Going back over a ladder: a silent process does a part of the run again and looks for the last place that is wanted, then
 * another one goes there and takes over.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include <sim/engine.h>
#include <sim/ladder.h>

enum travel_kind {
    TRAVEL_STEP,   /* the last instruction of a task */
    TRAVEL_STOP,   /* the last breakpoint, or instruction that touched a watched place */
    TRAVEL_WRITER, /* the last change of the watched place, whether by a program or by the kernel */
};

/** The last place of a kind. */
struct travel_found {
    bool found, has_before;
    struct position at, before; /* and the last but one */
    uint64_t pc, before_pc;
    uint32_t task;
    bool watched;  /* `watch` is what it touches */
    bool by_kernel; /* TRAVEL_WRITER: between `before`, where it was another, and `at` */
    struct engine_watch watch;
};

enum travel_answer { TRAVEL_FOUND, TRAVEL_NOTHING, TRAVEL_BROKEN, TRAVEL_LOST };

/** What the process that takes over must know. */
struct travel_baggage {
    uint32_t task;   /* that is to be shown */
    bool silent;     /* packets are not acknowledged */
    char why[48];    /* of the stop, for gdb */
};

/**
 * Look for the last place of `kind` before `end`, with `wishes` for breakpoints and watchpoints; `task` is for TRAVEL_STEP. `broken`
 * says whether to break off. The machine stays where it is.
 */
enum travel_answer travel_search(enum travel_kind kind, uint32_t task, const struct engine_wishes *wishes, struct position end,
    bool (*broken)(void), struct travel_found *found);
/** Go there, or to the beginning if `to` is NULL. The calling process ends; returns only if there is no way. */
void travel_to(const struct position *to, const struct engine_wishes *wishes, const struct travel_baggage *baggage);

enum travel_began { TRAVEL_FIRST, TRAVEL_DEPARTED, TRAVEL_IMPOSSIBLE };

/**
 * Put the lowest rung here. `on_way` is called in each process that takes over: with `arrived` false when it sets out, and true when
 * it has come where it was sent, before the instruction there; it then returns when the machine is to go on. TRAVEL_FIRST: this is
 * the run as it was; TRAVEL_DEPARTED: a later one, which only has to go on; TRAVEL_IMPOSSIBLE: the host cannot.
 */
enum travel_began travel_begin(void (*on_way)(const struct travel_baggage *baggage, bool arrived));
/** Forget where to: this is far enough. */
void travel_cancel(void);
/** User code has stopped as ENGINE_SOUGHT. */
void travel_sought(void);
