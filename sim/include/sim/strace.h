/* SPDX-License-Identifier: MIT */
/*
 * --strace: every system call as one line on stderr, when it is complete: virtual time of its start, task, arguments,
 * result, how long it took. Faults, exits and restarts have lines of their own.
 */
#pragma once

/** Listen from now on. After tasks_start(), before the machine starts. */
void strace_start(void);
