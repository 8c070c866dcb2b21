/* SPDX-License-Identifier: MIT */
/* hal-null: kernel contexts are host fibers, user mode is a script. */
#pragma once
#include <abi/types.h>

struct arch_trap;
struct arch_user;

struct null_stack;

/** A stack of hal-null's own pool. */
struct arch_kstack {
    struct null_stack *stack; /* NULL: none */
};

/** A fiber that is not running. */
struct arch_context {
    void *sp;
    void (*entry)(void *arg);
    void *arg;
    struct null_stack *stack;
};

/**
 * What plays the part of user mode: called by arch_user_run() again and again. Fills `trap` and returns true when the
 * "program" traps; returns false when it only computed (one unit of time passes).
 */
typedef bool null_user_step(struct arch_user *user, struct arch_trap *trap);

/** User-mode state: the call registers and a script. */
struct arch_user {
    uint64_t nr; /* call number, then status */
    uint64_t target;
    uint64_t w[4];
    vaddr_t pc, sp;
    null_user_step *step;
    uint64_t step_data;     /* the script's own; 0 in a fresh state */
    uint32_t port_first, port_count; /* granted I/O ports */
};
