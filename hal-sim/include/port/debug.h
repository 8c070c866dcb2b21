/* SPDX-License-Identifier: MIT */
#pragma once
#include <sim/port.h>

static inline bool arch_trace_enabled(void)
{
    return sim_port.trace != 0;
}
