/* SPDX-License-Identifier: MIT */
#pragma once
#include <common/trace.h>

static inline bool arch_trace_wanted(uint32_t kind)
{
    return (hal_trace_wanted >> kind & 1u) != 0;
}
