/* SPDX-License-Identifier: MIT */
/*
 * What the bare-metal HALs have in common: per-CPU state, interrupt handlers, the end of the machine. Each port adds its
 * own part in <port/percpu.h>: struct port_cpu and hal_cpu() (the executing CPU, from a register). Common code calls back
 * into the port only through <common/port.h>.
 */
#pragma once
#include <abi/types.h>
#include <arch/boot.h>
#include <arch/irq.h>
#include <arch/memory.h>
#include <arch/mmu.h>
#include <base/compiler.h>

#include <port/percpu.h>

enum hal_cpu_state { HAL_CPU_ABSENT, HAL_CPU_STOPPED, HAL_CPU_RUNNING };

/* The first three fields lie where assembly and <port/cpu.h> expect them. */
struct hal_cpu {
    struct hal_cpu *self;           /* [I] */
    uint32_t id;                    /* [I] number of the CPU */
    uint32_t state;                 /* [a] enum hal_cpu_state */
    struct port_cpu port;           /* at HAL_CPU_PORT */
    uint64_t hardware_id;           /* [I] APIC ID, MPIDR affinity or hart ID */
    void (*entry)(uint32_t cpu);    /* set before the CPU starts */
    const struct arch_space *space; /* [own CPU] user half; NULL: none */
    bool irq_enabled;               /* [own CPU] may interrupts be taken at the kernel's windows? */
    uint32_t in_user;               /* [a] 1: user mode may run, and use what the TLB holds of it */
    uint32_t tlb_seen;              /* [a] the last flush request carried out (hal_tlb_*) */
};

_Static_assert(offsetof(struct hal_cpu, id) == HAL_CPU_ID, "id");
_Static_assert(offsetof(struct hal_cpu, port) == HAL_CPU_PORT, "port");

struct hal_handler {
    void (*handler)(void *data);
    void *data;
};

struct hal_state {
    struct hal_cpu cpu[ARCH_MAX_CPUS];
    uint32_t cpu_count;                            /* [I] */
    struct hal_handler handler[ARCH_VECTOR_COUNT]; /* [a] */
    struct boot_info boot;                         /* [I] */
    struct hw_summary summary;                     /* [I] */
    uint32_t stopping;                             /* [a] 1: every CPU but the one that ends the machine parks */
    uint32_t tlb_wanted;                           /* [a] number of the newest flush request */
    void (*crash_handler)(const char *what);       /* set at boot */
};

extern struct hal_state hal_state;

/** Make CPU `id` known, with the number the hardware gives it. Boot context; CPUs are numbered in order, 0 first. */
void hal_cpu_add(uint64_t hardware_id);

/* -- The end -- */

/** Stop here if another CPU is ending the machine. Called wherever a CPU waits and at each interrupt. */
void hal_cpu_check_stop(void);
/** A fault of the kernel itself: tells core's crash handler, or if there is none prints `what` and ends. */
NORETURN void hal_crash(const char *what);

/* -- Interrupts -- */

/** Run the handler of a logical vector, after the port has acknowledged it. Interrupts off. */
void hal_irq_deliver(uint32_t vector);

/* -- TLB -- */

/**
 * Make every CPU forget what it cached of user mappings before the return: CPUs in user mode are interrupted, CPUs in
 * the kernel, which never touches user addresses, do it on their way back (hal_tlb_enter_user()). For ports without a
 * broadcast instruction.
 */
void hal_tlb_shootdown(void);
/** The last thing before user mode runs, interrupts off: from here on flush requests are interrupts. */
void hal_tlb_enter_user(void);
/** The first thing after it. */
void hal_tlb_leave_user(void);
