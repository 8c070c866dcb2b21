/* SPDX-License-Identifier: MIT */
/*
 * In kernel mode the base of GS is the executing CPU; in user mode it waits in the MSR that SWAPGS exchanges it with.
 */
#pragma once
#include <abi/types.h>
#include <common/percpu.h>
#include <port/context.h>

struct hal_cpu;
struct cpu_tables;

/* The first three fields lie where the entry code expects them (<x86/asm.h>). */
struct port_cpu {
    uint64_t kernel_sp;                  /* of arch_user_run() while user mode runs */
    uint64_t frame_end;                  /* end of the frame that a trap from user mode fills */
    uint64_t user_sp;                    /* on the way from SYSCALL to the frame */
    struct cpu_tables *tables;           /* [I] descriptors */
    paddr_t root;                        /* in CR3 */
    struct port_range granted[PORT_RANGES]; /* ports open in the I/O bitmap */
    uint64_t irq_taken;                  /* logical vectors acknowledged, whose handlers have not run */
    uint32_t irq_in_service;             /* level-triggered ones of them: the local APIC waits for as many EOIs */
    const struct trap_frame *crash;      /* registers of the kernel where it crashed; NULL: it did not */
};

static inline struct hal_cpu *hal_cpu(void)
{
    struct hal_cpu *cpu;

    __asm__ volatile("mov %%gs:0, %0" : "=r"(cpu)); /* hal_cpu.self; volatile: a switch may come back on another CPU */
    return cpu;
}
