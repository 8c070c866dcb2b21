/* SPDX-License-Identifier: MIT */
/* What the scheduler's tests with threads begin and end with: one CPU, one lock that stands for a caller's, a sound end. */
#pragma once
#include <support/notes.h>
#include <support/threads.h>
#include <support/unit.h>

/** The lock under which threads sleep and are woken; of a lower rank than the scheduler's. */
extern struct spinlock lock;

/** A machine with one CPU and no threads, no notes, the lock free. For cmocka. */
int setup(void **state);
/** Run until no thread is left; the machine must have switched itself off, its invariants sound. */
void run(void);
/** Run; the kernel must panic with exactly this message. */
void assert_run_panics(const char *text);
