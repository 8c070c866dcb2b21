/* SPDX-License-Identifier: MIT */
/*
 * Keeping pace with the wall clock (--rt): before time jumps to an event, the host sleeps until the wall clock has come as
 * far. It changes when things are shown, never what happens. Input ends a sleep early.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum pace { PACE_AUTO, PACE_ON, PACE_OFF };

/** Keep pace from now on. Before the machine starts. */
void pace_start(void);
/**
 * If virtual time `units` is ahead of the wall clock, sleep until it is reached, a signal comes, or a short while has
 * passed, and return true: look again. False: go on.
 */
bool pace_wait(uint64_t units);
