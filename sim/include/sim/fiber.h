/* SPDX-License-Identifier: MIT */
/*
 * Fibers: stacks that take turns on the one host thread. Kernel threads, the boot contexts of simulated CPUs and the
 * host's own main() are fibers. Switching makes no system call. AddressSanitizer, ThreadSanitizer and valgrind are told
 * about every stack and every switch.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fiber;

/** What a switch means to ThreadSanitizer. */
enum fiber_order {
    FIBER_ORDERED,   /* what ran before happens before what runs now: the same simulated CPU goes on */
    FIBER_UNORDERED, /* another simulated CPU: only locks and atomics order the two */
};

/** Turn the calling thread's own stack into the running fiber. Once. */
struct fiber *fiber_adopt(void);
/** A fiber with a stack of at least `size` bytes and an inaccessible guard below; NULL: no memory. */
struct fiber *fiber_create(size_t size);
/** Free a fiber that is not running. */
void fiber_destroy(struct fiber *fiber);
/** Make the next switch to `fiber` call entry(arg), which must never return. Whatever it did before is forgotten. */
void fiber_prepare(struct fiber *fiber, void (*entry)(void *arg), void *arg);
/** The running fiber. */
struct fiber *fiber_self(void);
/** Continue `to`; returns when somebody continues the caller. */
void fiber_switch(struct fiber *to, enum fiber_order order);
/** Are `size` bytes at `address` on its stack? Not known of the adopted one: no. */
bool fiber_holds(const struct fiber *fiber, uintptr_t address, size_t size);
/** Lowest address and size of the stack; 0 for the adopted one. */
void fiber_stack(const struct fiber *fiber, uintptr_t *low, size_t *size);
