/* SPDX-License-Identifier: MIT */
#pragma once
#include <abi/types.h>
#include <common/percpu.h>

struct hal_cpu;

struct port_cpu {
    uint64_t unused;
};

struct hal_cpu *hal_cpu(void);
