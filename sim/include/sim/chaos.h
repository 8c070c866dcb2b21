/* SPDX-License-Identifier: MIT */
/*
 * Chaos: other schedules than the one that a seed gives. A preemption is a stall: at a preemption point of the kernel or at the
 * boundary between user code and the kernel a CPU loses some virtual time, so that the others overtake it and interrupts find it
 * elsewhere. Nothing else changes, so what a run with chaos shows can happen on a machine whose CPUs are slowed down.
 *
 * A point has a position that other stalls change little: the task (or idle CPU) at it, the number of the task's system call, and
 * the number of the point since that call began. A schedule is a list of stalls at positions; it replays exactly.
 *
 * It begins when user code runs for the first time.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum chaos_strategy {
    CHAOS_OFF,
    CHAOS_RANDOM,   /* anywhere, now and then */
    CHAOS_STICKY,   /* one CPU runs for long, the others stand */
    CHAOS_RACES,    /* where CPUs have met at the same word, each place of the source as often as any other */
    CHAOS_PCT,      /* strict random priorities of CPUs, which change at a few points */
    CHAOS_SCHEDULE, /* a given list */
};

/** What happens at a point. */
enum chaos_kind {
    CHAOS_ATOMIC, /* an atomic operation is about to be done */
    CHAOS_RELAX,  /* the kernel waits in a loop */
    CHAOS_ENTER,  /* user code is about to run, or to go on */
    CHAOS_TRAP,   /* user code has just trapped */
};

#define CHAOS_CONTEXTS 72u /* 64 tasks, and the 8 CPUs while they run none */

struct chaos_position {
    uint32_t context; /* the task, or 64 plus the CPU */
    uint32_t call, point;
};

struct chaos_stall {
    struct chaos_position at;
    uint64_t units;
    uint32_t cpu;
    enum chaos_kind kind;
    uintptr_t pc, caller; /* return addresses in the kernel: of the point, and of the function it is in; 0: unknown */
};

struct chaos_plan {
    enum chaos_strategy strategy;
    uint64_t rate;  /* 0: the strategy's default */
    uint64_t seed;
    uint64_t entries;     /* end after so many entries to the kernel; 0: do not */
    const struct chaos_stall *schedule;
    size_t schedule_count;
    const char *out;      /* file for the stalls of this run; NULL: none */
};

/** Parse the value of --chaos into `plan`; false: it is none. */
bool chaos_parse(struct chaos_plan *plan, const char *value);
/** Parse a list of stalls, or what a file of them holds; NULL: fine, else what is wrong. */
const char *chaos_parse_schedule(struct chaos_plan *plan, const char *text);
/** Text of a position, such as "t3.14.5" or "c1.0.77". */
const char *chaos_position_text(char out[40], struct chaos_position at);

/** What will be done. Before the machine runs. */
void chaos_prepare(const struct chaos_plan *plan);
/** Begin anew with another seed: in a branch of the run, before its first point. */
void chaos_reseed(uint64_t seed);
/** The seed of this run's chaos. */
uint64_t chaos_seed(void);
/** User code is about to run for the first time. */
void chaos_begin(void);

/** The running CPU is at a point. [switch] */
void chaos_point(enum chaos_kind kind, const void *word, uintptr_t pc, uintptr_t caller);
/** The running CPU has entered the kernel by a trap or an interrupt; chaos_called(): by a system call. */
void chaos_entered(void);
void chaos_called(void);
/** How many units user code may run before the next point; UINT64_MAX: any. */
uint64_t chaos_user_step(void);
/** Another CPU runs from here on. */
void chaos_note_switch(uint32_t cpu);

struct chaos_stats {
    uint64_t points, entries;
    uint64_t schedule_hash; /* of who ran and who stalled when */
};
const struct chaos_stats *chaos_stats(void);
/** The stalls of the run so far. */
size_t chaos_stalls(const struct chaos_stall **out);
/** Write them as one line that --schedule takes; "none" if there are none. */
void chaos_print_list(FILE *out);
/** Name the stalls by source line on `out`, at most `most` of them, the last ones. */
void chaos_print_places(FILE *out, size_t most);
/** Write --schedule-out, if it was asked for. Returns an exit code or 0. */
int chaos_finish(void);
