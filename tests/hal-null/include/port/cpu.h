/* SPDX-License-Identifier: MIT */
#pragma once
#include <port/state.h>

static inline uint32_t arch_cpu_id(void)
{
    return null_port.cpu;
}
