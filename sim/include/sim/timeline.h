/* SPDX-License-Identifier: MIT */
/*
 * --trace=FILE: the run as a timeline in Chrome's JSON format, which Perfetto shows: a track for each CPU (which task runs,
 * interrupts, ticks) and one for each task (calls, faults, exits, restarts), in virtual time.
 */
#pragma once

/** Write to `path` from now on. After tasks_start(), before the machine starts. Says what is wrong; an exit code, or 0. */
int timeline_start(const char *path);
