/* SPDX-License-Identifier: MIT */
/* The state of hal-sim, and what its files share. */
#pragma once
#include <arch/boot.h>
#include <arch/irq.h>
#include <arch/memory.h>
#include <arch/mmu.h>
#include <base/compiler.h>

struct hal_handler {
    void (*handler)(void *data);
    void *data;
};

struct hal_cpu {
    bool irq_enabled;            /* [own CPU] */
    paddr_t root;                /* [own CPU] root table of the user half; 0: none */
    void (*entry)(uint32_t cpu); /* set before the CPU starts */
};

struct hal_state {
    struct hal_handler handler[ARCH_VECTOR_COUNT]; /* atomics: read on every CPU while one replaces */
    struct hal_cpu cpu[ARCH_MAX_CPUS];
    paddr_t kernel_root; /* [I] tables of the kernel half, after arch_mmu_init() */
    struct boot_info boot;   /* [I] */
    struct hw_summary summary; /* [I] */
    void (*crash_handler)(const char *what); /* set at boot */
};

extern struct hal_state hal_state;

/** The executing CPU's own state. */
struct hal_cpu *hal_cpu(void);
/** Acknowledge everything pending for the executing CPU and run the handlers; false: nothing was. */
bool hal_take_interrupts(void);
