/* SPDX-License-Identifier: MIT */
/* What the files of this folder share. */
#pragma once
#include <sim/chaos.h>
#include <sim/rng.h>

/** The order of positions. */
int chaos_position_compare(const struct chaos_position *a, const struct chaos_position *b);

struct point {
    enum chaos_kind kind;
    uint32_t cpu;
    uint64_t number; /* points before it */
    uint32_t again;  /* stalls that it has had already */
    const void *word;
    uintptr_t pc, caller;
};

/** Begin a run: `expected` points are to come, more or less. */
void strategy_begin(const struct chaos_plan *plan, struct rng *rng, uint64_t expected);
/** How long to stall at this point; 0: not, or not again. */
uint64_t strategy_stall(const struct point *point);
