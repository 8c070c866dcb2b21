/* SPDX-License-Identifier: MIT */
/* What is known of each branch of --fail-each. */
#pragma once
#include <sim/branch.h>
#include <sim/fail_each.h>

#define EACH_CALLS 10u

/** How a branch ended. */
enum each_verdict {
    EACH_OK,
    EACH_PANIC,
    EACH_HANG,       /* it went on for ever, in virtual or in host time */
    EACH_DEADLOCK,   /* and the scenario does not allow one */
    EACH_UNDOCUMENTED, /* nobody was told by the documented error */
    EACH_CRASH,      /* of the simulator, or a checker's report */
    EACH_VERDICT_COUNT,
};

struct each_point {
    struct branch branch;
    uint32_t point; /* enum fault_point */
    uint64_t nth;   /* the occurrence of this point */
    uint32_t task;  /* that ran; TASKS_NONE: none */
    uint64_t time;  /* units */
    uint64_t moment;
    uintptr_t calls[EACH_CALLS]; /* return addresses, innermost first */
    uint32_t depth;
    uint64_t split_ns, ran_ns; /* CPU time of the host: of the parent for fork and join, of the branch's run */
    int code;                           /* exit code of the branch */
    bool told;                          /* the task was told something */
    bool load_fault;                    /* namely by a fault, that it cannot be loaded */
    int status;                         /* or by this status of its call */
    bool faulted, exited, restarted, limited;
    uint32_t exit_code;
    char panic[160];
    enum each_verdict verdict;
};

/** Judge a branch that has ended; `deadlocks`: the scenario allows them. */
void each_judge(struct each_point *p, bool deadlocks);
/** Print table and summary on stdout. */
void each_print(const struct each_point *points, uint32_t count, const struct options *options, char **argv);
/** The same as JSON. False: the file cannot be written. */
bool each_write_json(const char *path, const struct each_point *points, uint32_t count, const struct options *options, char **argv);
