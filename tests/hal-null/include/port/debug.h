/* SPDX-License-Identifier: MIT */
#pragma once
#include <port/state.h>

static inline bool arch_trace_wanted(uint32_t kind)
{
    (void)kind;
    return null_port.trace;
}
