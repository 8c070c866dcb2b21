/* SPDX-License-Identifier: MIT */
/*
 * The system-call fuzzer in four parts: moves (what the bytes of an input mean), players (scripted tasks that make them),
 * the oracle (what must hold whatever they do), and the machines it all runs on (calls_fuzz.c).
 */
#pragma once
#include <arch/context.h>

#include "check.h"

#define CALLS_TASKS_MAX 8u
#define CALLS_MOVE_SIZE 8u /* bytes of an input per move */

enum move_kind {
    MOVE_CALL,    /* call */
    MOVE_TICKS,   /* so many timer interrupts, one after another */
    MOVE_LINE,    /* device line `number` is asserted or not */
    MOVE_VECTOR,  /* some other interrupt */
    MOVE_TRAP,    /* what a program can do to itself: trap */
    MOVE_ACCESS,  /* one byte of memory at va */
    MOVE_COMPUTE, /* nothing, for so many microseconds */
    MOVE_BUSY,    /* the serial line is busy for so many preemption points */
    MOVE_KINDS,
};

struct move {
    enum move_kind kind;
    struct arch_call call;
    struct arch_trap trap;
    enum arch_access access;
    vaddr_t va;
    uint32_t number;
    bool on;
};

/** The next CALLS_MOVE_SIZE bytes as a move of task `task` of `tasks`. */
struct move move_next(struct bytes *in, uint32_t task, uint32_t tasks);

/** The tasks of the next run make these moves, on a machine of so many CPUs. */
void players_begin(struct bytes moves, uint32_t cpus);
/** The program of every task. */
bool players_step(struct arch_user *user, struct arch_trap *trap);
/** The run is over: a last look at the kernel. */
void players_end(void);

/** A run of `tasks` tasks begins, on a machine that has just booted. */
void oracle_begin(uint32_t tasks, uint32_t cpus);
/** Task `task` runs its first instruction, now or again: its memory is as linked. */
void oracle_started(uint32_t task);
/** It is about to make this call. Messages get a number in word 0. */
void oracle_call(uint32_t task, struct arch_call *call);
/** It is about to do something after which it never goes on. */
void oracle_doomed(uint32_t task);
/** It goes on; if its last move was a call, this is the answer. True if that call changed what is mapped somewhere. */
bool oracle_resumed(uint32_t task, const struct arch_user *user);
/** Is there a grant that lets it use this address? */
bool oracle_is_shared(uint32_t task, vaddr_t va);
/** It accessed a byte, or was not allowed to. */
void oracle_accessed(uint32_t task, vaddr_t va, enum arch_access access, bool shared, bool allowed);
/** Counts the moves of the run. */
uint64_t oracle_time(void);
/** Kernel invariants. `memory`: also those of page tables, which take long. No lock held. */
void oracle_kernel(bool memory);

/* -- The part of the oracle that looks at memory -- */

/** A run begins. */
void memory_begin(void);
/** Is this the task's own memory from start to end: stack, data, code? */
bool memory_is_own(uint32_t task, vaddr_t va, enum arch_access access);
/** The running task's memory is as linked. */
void memory_check_start(uint32_t task);
/** The page of the running task's grant `id`, created at `created`, is empty but for what was written since. */
void memory_check_grant(uint64_t id, uint64_t created);
