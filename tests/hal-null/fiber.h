/* SPDX-License-Identifier: MIT */
/*
 * Host fibers: stacks from a pool with guard pages, and a switch that makes no system call. ASan, TSan and valgrind are
 * told about every stack and every switch.
 */
#pragma once
#include <arch/context.h>

/* Which stack of the pool is for what. */
enum {
    NULL_STACK_KERNEL = 0,   /* 128 that core creates */
    NULL_STACK_CPU = 128,    /* boot stacks of 8 CPUs; CPU 0's is the one of null_run() */
    NULL_STACK_PROGRAM = 136,/* 128 user programs */
    NULL_STACK_COUNT = 264,
};

struct null_stack {
    uint8_t *base; /* lowest byte; NULL: not mapped yet */
    size_t size;   /* bytes */
    bool live;     /* somebody owns it */
    void *fake;    /* ASan: its fake stack while nobody runs on it */
    void *tsan;    /* TSan: its fiber */
};

/** The stack `index` of the pool, mapped; aborts if the host has no memory. */
struct null_stack *null_stack_get(uint32_t index);
/** All stacks of the pool belong to nobody again. */
void null_stack_reset(void);
/** What a fiber that never ran has on its stack. */
struct null_fiber_start {
    bool live;
    uint8_t top[256];
};

/** Keep the start of the fiber on stack `index`, which has not run; put it back, whatever ran there since. */
void null_fiber_save(struct null_fiber_start *start, uint32_t index);
void null_fiber_restore(const struct null_fiber_start *start, uint32_t index);

/** The host thread's own stack. */
struct null_stack *null_stack_host(void);

/** Prepare `ctx` to start entry(arg) on `stack`, whatever ran there before. */
void null_fiber_init(struct arch_context *ctx, struct null_stack *stack, void (*entry)(void *arg), void *arg);
/** Continue `to` and save the running fiber in `from`. `sync` false: for TSan the switch orders no memory (another CPU). */
void null_fiber_switch(struct arch_context *from, struct arch_context *to, bool sync);
/** Tell TSan that all CPUs have stopped: what they did comes before what follows. */
void null_fiber_join_all(void);
/** Tell the sanitizers that execution is on the host's stack: a failed assertion may have jumped there. */
void null_fiber_resync(void);
/** What user mode does to memory does not race with the kernel, as far as TSan is concerned: between true and false. */
void null_fiber_as_hardware(bool on);
