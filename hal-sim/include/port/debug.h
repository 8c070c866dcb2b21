/* SPDX-License-Identifier: MIT */
#pragma once
#include <sim/port.h>

static inline bool arch_trace_wanted(uint32_t kind)
{
    return (sim_port.trace >> kind & 1u) != 0;
}
