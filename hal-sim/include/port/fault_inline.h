/* SPDX-License-Identifier: MIT */
/* hal-sim: a call only for points that somebody has armed, so that a run without is as if there were none. */
#pragma once
#include <base/compiler.h>
#include <sim/host.h>

static inline bool arch_fault(enum fault_point point)
{
    return UNLIKELY((sim_port.faults >> point & 1u) != 0) && host_fault(point);
}
