/* SPDX-License-Identifier: MIT */
/* Offsets in struct hal_cpu, for assembly and for <port/cpu.h>. */
#pragma once

#define HAL_CPU_SELF 0
#define HAL_CPU_ID 8
#define HAL_CPU_PORT 16
