/* SPDX-License-Identifier: MIT */
/* The process in front of a ladder: the one that was started. */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

/**
 * Wait until process *active ends and end as it does; hand on to it what signals ask for. When `order` can be read, call `serve`;
 * returns, in a new process, when that returns true.
 */
void front_wait(const volatile pid_t *active, int order, bool (*serve)(void));
