/* SPDX-License-Identifier: MIT */
/*
 * How the benchmarks measure: rounds of many operations; from each round the time of one operation; of these the median
 * and the 99th percentile, as one JSON object a line.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/** Measure `operations` in all, without looking at the clock (to count instructions), or 0: rounds by the clock. */
void meter_begin(uint64_t operations);
/** After each operation. False: enough. */
bool meter_tick(void);
/** Print the figures, unless operations were counted. `goal` in nanoseconds, 0: none. */
void meter_print(const char *name, unsigned goal);
