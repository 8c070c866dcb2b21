/* SPDX-License-Identifier: MIT */
/* TPIDR_EL1 holds the executing CPU. */
#pragma once
#include <abi/types.h>
#include <a64/offsets.h>
#include <common/percpu.h>

struct hal_cpu;
struct crash_frame;

struct port_cpu {
    uint64_t exception_top;          /* [I] stack for exceptions of the kernel itself; at PORT_EXCEPTION_TOP */
    uint64_t scratch, spill[2];      /* for the vectors only; at PORT_SCRATCH, PORT_SPILL */
    const struct crash_frame *crash; /* [own CPU] the fault being reported, or NULL */
    paddr_t redistributor;           /* [I] GICv3: of this CPU */
    uint32_t gic_target;             /* [I] GICv2: this CPU's bit in target lists */
    uint64_t tick_period;            /* [own CPU] of the timer interrupt, in counter ticks; 0: not started */
    uint64_t tick_next;              /* [own CPU] */
    uint32_t relaxed;                /* [own CPU] calls of arch_cpu_relax() */
    bool may_nap;                    /* [own CPU] its timer's line is on */
};

_Static_assert(offsetof(struct port_cpu, exception_top) == PORT_EXCEPTION_TOP, "exception_top");
_Static_assert(offsetof(struct port_cpu, scratch) == PORT_SCRATCH, "scratch");
_Static_assert(offsetof(struct port_cpu, spill) == PORT_SPILL, "spill");

/* Volatile: a thread that was switched away from goes on here on another CPU. */
static inline struct hal_cpu *hal_cpu(void)
{
    struct hal_cpu *cpu;

    __asm__ volatile("mrs %0, tpidr_el1" : "=r"(cpu));
    return cpu;
}
