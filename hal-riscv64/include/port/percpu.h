/* SPDX-License-Identifier: MIT */
/* tp holds the executing CPU in kernel mode, sscratch in user mode. */
#pragma once
#include <abi/types.h>
#include <common/percpu.h>

struct hal_cpu;

struct port_cpu {
    uint64_t kernel_sp; /* of arch_user_run() while user mode runs */
};

static inline struct hal_cpu *hal_cpu(void)
{
    struct hal_cpu *cpu;

    __asm__("mv %0, tp" : "=r"(cpu));
    return cpu;
}
