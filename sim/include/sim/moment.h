/* SPDX-License-Identifier: MIT */
/*
 * Moments. The events of the machine are numbered from 1: every entry to the kernel from user code, every event of the
 * queue that fires, every turn of a CPU that begins. The number is always counted, and is the same in every build and
 * whoever watches, so that "@SEED:EVENT" names one place of a run for ever: a moment begins with its event and ends with the
 * next. Between two of them one CPU runs: some kernel code and then at most one stretch of one task's user code.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define MOMENT_NEVER UINT64_MAX
#define MOMENT_TEXT 48u /* bytes that a moment takes as text */

/** Who may wait for a moment; at the same one they are served in this order. */
enum moment_wish { MOMENT_FOR_DEBUGGER, MOMENT_FOR_LADDER, MOMENT_FOR_TRAVEL, MOMENT_FOR_GDB, MOMENT_FOR_STOP, MOMENT_WISH_COUNT };

struct moment_clock {
    uint64_t now;  /* number of the latest event */
    uint64_t next; /* somebody waits for this one */
    uint64_t from; /* what happens before is not shown */
};

extern struct moment_clock moment_clock;

/** The number of the latest event; 0: nothing has happened yet. */
static inline uint64_t moment_now(void)
{
    return moment_clock.now;
}

/** Serve whoever waits for a moment that has come. On a fiber of a CPU. */
void moment_arrived(void);

/** The next event happens. On a fiber of a CPU, wherever the machine is in a state from which it can go on. */
static inline void moment_advance(void)
{
    if (__builtin_expect(++moment_clock.now >= moment_clock.next, 0))
        moment_arrived();
}

/** Call `arrived` once when moment `at` comes, or at the next one if that is in the past. MOMENT_NEVER: no longer. */
void moment_at(enum moment_wish wish, uint64_t at, void (*arrived)(void));

/** May output that people read appear, or has --from not come yet? */
static inline bool moment_shown(void)
{
    return moment_clock.now >= moment_clock.from;
}

/** A moment of this run as text; `out` has room for MOMENT_TEXT. Returns `out`. */
const char *moment_format(char *out, uint64_t moment);
/** The present one; the text lives until the next call. */
const char *moment_text(void);

/**
 * For a debugger of the simulator's process: a breakpoint on moment_reached() stops at moment moment_wanted, which the
 * debugger sets, and then sets moment_clock.next to 0.
 */
extern uint64_t moment_wanted;
void moment_reached(void);
