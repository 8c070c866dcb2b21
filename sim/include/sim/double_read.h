/* SPDX-License-Identifier: MIT */
/*
 * --check=double-read: a byte of user memory that the kernel reads twice in one system call. Whoever shares that memory may
 * change it in between, on another CPU, and what the kernel checked is then not what it uses. With `change` the machine does
 * change it: before the second read, with numbers from the seed, so that the consequence shows.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include <abi/types.h>

struct double_read_plan {
    bool on;
    bool change;
};

/** Begin to look. After tasks_start(). */
void double_read_start(const struct double_read_plan *plan, uint64_t seed);
/** The kernel is about to read [va, va + len) of the space with root table `root`; `frame` is that of its call. */
void double_read_note(paddr_t root, vaddr_t va, uint64_t len, const void *frame);
/** A task goes back to user code in the space with this root table: its call is over. */
void double_read_note_user(paddr_t root);
/** Report what was found. The exit code of a run that would end with `code`: 82 if there was anything, and code is 0. */
int double_read_finish(int code);
