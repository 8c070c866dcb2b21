/* SPDX-License-Identifier: MIT */
/* hal-sim: every atomic operation costs a unit of time; when the CPU's units are used up, others run. */
#pragma once
#include <port/spend.h>

static inline void arch_preempt_point(void)
{
    sim_spend(SIM_COST_PREEMPT_POINT);
}
