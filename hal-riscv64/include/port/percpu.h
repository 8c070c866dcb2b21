/* SPDX-License-Identifier: MIT */
/* tp holds the executing CPU in kernel mode, sscratch in user mode; the other one of kernel mode is 0. */
#pragma once
#include <abi/types.h>
#include <common/percpu.h>

struct hal_cpu;
struct trap_frame;

/* The first six fields lie where assembly expects them (<riscv/offsets.h>). */
struct port_cpu {
    uint64_t kernel_sp;       /* of arch_user_run() while user mode runs */
    struct trap_frame *frame; /* where the trap entry saves user mode */
    uint64_t scratch[2];      /* of the trap entry */
    uint64_t exception_top;   /* [I] stack for faults of the kernel itself */
    uint64_t boot_top;        /* [I] first stack of this CPU */

    const struct trap_frame *crash; /* the kernel's registers at the fault that is being reported */
    uint64_t repaired;              /* [own CPU] address of the last fault of the kernel that a flush was to mend */
    int32_t plic_context;           /* [I] negative: this CPU gets no device interrupts */
    uint32_t ipi;                   /* [a] a set bit per vector that other CPUs, or this one, have asked for */
    uint32_t arrived;               /* [a] 1: this CPU waits for arch_start_cpu(), or has passed it */
    uint32_t relaxed;               /* [own CPU] calls of arch_cpu_relax() */
    uint64_t deadline;              /* [own CPU] next tick; all ones: none */
    uint64_t period;                /* [own CPU] between two ticks */
};

static inline struct hal_cpu *hal_cpu(void)
{
    struct hal_cpu *cpu;

    __asm__ volatile("mv %0, tp" : "=r"(cpu)); /* volatile: a switch may come back on another CPU */
    return cpu;
}
