/* SPDX-License-Identifier: MIT */
#pragma once
#include <common/percpu.h>
#include <port/percpu.h>

static inline uint32_t arch_cpu_id(void)
{
    return *(const uint32_t *)((const char *)hal_cpu() + HAL_CPU_ID);
}
