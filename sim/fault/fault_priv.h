/* SPDX-License-Identifier: MIT */
/* What the files of this folder share. */
#pragma once
#include <sim/rng.h>

#include "rule.h"

/** Is there a rule with this effect? */
bool fault_has(enum fault_effect effect);
/** The next rule with this effect whose time has come, from *i on; NULL: no more. Counts as an occurrence for each it passes. */
struct fault_rule *fault_next(enum fault_effect effect, uint32_t *i);
/** Count an occurrence of a point; true: the run has split here, and in this branch it happens. */
bool fault_splits(uint32_t point);
/** The stream that faults draw from. */
struct rng *fault_rng(void);
/** One line on stderr, for the first faults of a run. */
void fault_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
