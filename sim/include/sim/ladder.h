/* SPDX-License-Identifier: MIT */
/*
 * A ladder of snapshots of the run: processes that were forked from it at some moments and wait. To go back, a rung forks
 * another process, which does the run again from there.
 *
 * The process that was started stays in front: it is the lowest rung, waits for whoever runs at the end and ends as that does.
 * What has been printed is not printed again, input that has come comes again at the same time.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LADDER_RUNGS 24u
#define LADDER_ORDERS_MAX 8192u /* bytes of what a new process is told, and of what it finds */

/** A place in the run: a moment, and so many bytes of user code since the boot. */
struct position {
    uint64_t moment, bytes;
};

static inline bool position_before(struct position a, struct position b)
{
    return a.moment != b.moment ? a.moment < b.moment : a.bytes < b.bytes;
}

/** Where the machine is. Not inside of hooks. */
struct position position_now(void);

/**
 * Put the lowest rung here; the calling process becomes it, and this returns in another. `depart` is called in each process that
 * begins at a rung, with its orders, right there. False: the host cannot.
 */
bool ladder_begin(void (*depart)(const void *orders));
/** Does this run have a ladder? */
bool ladder_exists(void);
/** While the machine stands still: end if the process in front has been killed. */
void ladder_check_front(void);
/** Give it up; there is no way back any more. */
void ladder_end(void);
/** Put a rung here, if it is not too close to another. */
void ladder_add(void);

/** The rungs from the lowest. */
uint32_t ladder_count(void);
struct position ladder_rung(uint32_t i);

enum ladder_answer { LADDER_FOUND, LADDER_BROKEN, LADDER_GONE };

/**
 * Let a silent process do the run again from rung `i` with `orders`, and wait until it calls ladder_report(); its report is in
 * `findings`. LADDER_BROKEN: `broken` said so in the meantime. LADDER_GONE: there is no such process any more.
 */
enum ladder_answer ladder_look(uint32_t i, const void *orders, size_t size, bool (*broken)(void), void *findings, size_t room);
/** In such a process: the end. */
_Noreturn void ladder_report(const void *findings, size_t size);
/** Is this such a process? */
bool ladder_is_looking(void);

/** Let a process go on from rung `i` with `orders` in place of this one, which ends. Returns only if that does not work. */
void ladder_go(uint32_t i, const void *orders, size_t size);

/** What a debugger wrote makes another run of it from here on: what has been seen of the future counts no more. */
void ladder_changed(void);
