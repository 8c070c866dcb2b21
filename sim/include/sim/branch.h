/* SPDX-License-Identifier: MIT */
/*
 * A run that splits: the process forks, and with it the machine, which has one host thread. The child goes on with the run, in
 * which something is different (a fault, a seed, a preemption), to its end; the parent waits for it and then goes on with its
 * own. What the child prints is kept for the parent and shown to nobody else; files of the parent's run, its recording for
 * example, are the parent's alone.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct branch {
    pid_t pid;
    int report; /* pipe: lines the child tells */
    int output; /* memory file: the child's stdout and stderr */
    uint64_t cpu_ns; /* host: CPU time that the child took; after branch_join() */
};

/**
 * Split. True in the child, which has `timeout_s` seconds of host time (0: any) before it ends with exit code 124; false in the
 * parent, which owes a branch_join(). On any fiber, wherever the machine is in a state from which it can go on. Ends the process
 * with exit code 71 if the host cannot fork.
 */
bool branch_fork(struct branch *branch, uint32_t timeout_s);

/** Is this process such a child? */
bool branch_is_child(void);

/** Child: a line for the parent, without its end. In other processes nothing. */
void branch_tell(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Child: the end, with everything written that a build for coverage wants written. */
_Noreturn void branch_exit(int code);

/**
 * Parent: hand each line that the child tells to `line` (NULL: nobody), wait for its end and return its exit code, or 128 plus
 * the signal that killed it.
 */
int branch_join(struct branch *branch, void (*line)(void *ctx, const char *line), void *ctx);

/** Parent, after branch_join(): what the child printed, with a NUL behind it; to be freed. Once: forgets it. */
char *branch_output(struct branch *branch, size_t *size);
