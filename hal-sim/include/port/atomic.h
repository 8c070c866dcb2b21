/* SPDX-License-Identifier: MIT */
/*
 * hal-sim: every atomic operation costs a unit of time; when the CPU's units are used up, others run. With chaos it may take
 * longer.
 */
#pragma once
#include <port/spend.h>

static inline void arch_preempt_point(const void *word)
{
    if (UNLIKELY(sim_port.points))
        host_point(word);
    sim_spend(SIM_COST_PREEMPT_POINT);
}
