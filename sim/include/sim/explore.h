/* SPDX-License-Identifier: MIT */
/*
 * --explore: many runs that differ in their chaos only. The machine boots once; where user code is about to run for the first time
 * the run splits into one branch for each seed. What each came to stands on a line of stdout, for ./aegis explore to read.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct explore_plan {
    uint64_t first, count; /* seeds; count 0: do not explore */
    uint32_t timeout_s;    /* of one run, in seconds of host time */
};

/** What will be done. Before the machine runs. */
void explore_prepare(const struct explore_plan *plan);
/** User code is about to run for the first time: here the run splits. Returns in the branches; the run itself ends. */
void explore_begin(void);
/** In a branch that explores: tell what the run came to, before it ends with `code`, which it returns. */
int explore_report(int code);
/** Exit code of the run that was to split, when it has ended: 0, or 90 if a branch showed something or there was none. */
int explore_finish(void);
