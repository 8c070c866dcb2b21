/* SPDX-License-Identifier: MIT */
/*
 * kernel_check(): one executable set of invariants. Each module hands in a checker of its own state and a function that
 * feeds its state, serialised by index and without addresses, to a hash. The list is made once, at boot, by core/init.
 */
#pragma once
#include <abi/types.h>
#include <base/hash.h>

#define CHECK_MODULES_MAX 12u

struct check_module {
    const char *name;
    /** NULL if the module's invariants hold, else the sentence that is broken. Takes the module's own locks. */
    const char *(*check)(void);
    /** Add the module's state to the hash. No CPU is inside the kernel. May be NULL. */
    void (*hash)(struct hash *hash);
    /** check() looks through memory: checking quickly leaves it out most of the time. */
    bool slow;
    /** Every task has ended: NULL, or the sentence that says what nobody gave back. Takes the module's own locks. May be NULL. */
    const char *(*leak)(void);
};

/** Add a module. Boot context. Asserts room. */
void check_register(const struct check_module *module);

/** Run every checker. NULL if all hold; else the broken sentence, and its module's name in *module. No lock held. */
const char *kernel_check(const char **module);

/** kernel_check() that panics with the broken sentence. No lock held. */
void check_now(void);
enum check_when {
    CHECK_NEVER,
    CHECK_ALWAYS, /* --check=invariants: everything at every kernel exit */
    CHECK_QUICK,  /* --check=quick: slow modules at one exit of 64 only */
};
/** What kernel exits check from now on. */
void check_set_when(enum check_when when);
/** Called at kernel exits: panics with the broken sentence if checking is on and an invariant fails. */
void check_at_exit(void);

/** When every task has ended: NULL if nothing is left in their name, else what is, and its module's name in *module. No lock held. */
const char *kernel_leak(const char **module);
/** Called then: panics with the sentence if checking is on and something has leaked. */
void check_at_end(void);

/** Hash of all modules' state: equal for equal kernel states in every build. */
uint64_t kernel_hash(void);
