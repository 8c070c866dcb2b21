/* SPDX-License-Identifier: MIT */
#pragma once
#include <sim/port.h>

static inline uint32_t arch_cpu_id(void)
{
    return sim_port.cpu;
}
