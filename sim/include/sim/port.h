/* SPDX-License-Identifier: MIT */
/*
 * The words that both sides of the simulated machine read and write without a call: the kernel side (hal-sim) inline on
 * its hot paths, the host side whenever it lets a CPU run. Everything else goes through <sim/host.h>.
 *
 * Time: `limit - budget` is the clock of the running CPU in units. Kernel code takes units from `budget`; when none is
 * left the machine has to look (host_preempt()): an event is due or another CPU is further behind.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What the kernel's side of the machine costs, in units of 1/clock-rate s; user code costs one unit per four bytes. */
enum sim_cost {
    SIM_COST_PREEMPT_POINT = 1, /* an atomic operation */
    SIM_COST_TICKS = 2,         /* arch_timer_get_ticks() */
    SIM_COST_RELAX = 40,        /* arch_cpu_relax() */
    SIM_COST_IO = 20,           /* one device register access, by the kernel or by user code */
    SIM_COST_TRAP = 60,         /* leaving and entering user mode, interrupts included */
};

struct sim_port {
    int64_t budget;     /* units left to the running CPU */
    uint64_t limit;     /* its clock when they are used up */
    uint64_t last_time; /* largest time that any CPU has read */
    uint32_t cpu;       /* the running CPU */
    uint32_t cpu_count; /* constant */
    uint32_t frequency; /* units per second; constant */
    uint32_t trace;     /* bits by enum trace_kind: somebody listens */
    bool user_reads;    /* somebody wants to know what the kernel reads of user memory; constant */
    uint32_t faults;    /* bits by enum fault_point: somebody decides */
    uint32_t points;    /* not 0: host_point() wants to know of preemption points */
    uint8_t *ram;       /* host address of the lowest RAM byte; constant */
    uint64_t ram_size;  /* bytes; constant */
    uint8_t *framebuffer;      /* host address of the framebuffer; constant */
    uint64_t framebuffer_size; /* bytes, 0: none; constant */
};

/** Defined in hal-sim; the fields above `cpu_count` change under the kernel's feet at every preemption point. */
extern struct sim_port sim_port;
