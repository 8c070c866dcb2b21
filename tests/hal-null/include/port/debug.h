/* SPDX-License-Identifier: MIT */
#pragma once
#include <port/state.h>

static inline bool arch_trace_enabled(void)
{
    return null_port.trace;
}
