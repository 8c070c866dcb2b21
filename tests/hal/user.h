/* SPDX-License-Identifier: MIT */
/* A user program in a space of its own: code, a writable page, a read-only one, a stack. */
#pragma once
#include <arch/context.h>

#include "harness.h"
#include "programs.h"

#define USER_STACK_TOP 0x40002000ull
#define USER_CODE 0x40100000ull
#define USER_DATA 0x40200000ull      /* readable and writable */
#define USER_READ_ONLY 0x40201000ull /* the page behind it; what follows is not mapped */
#define USER_NOTHING 0x40202000ull
#define USER_PAGES 4u

struct hal_user {
    struct arch_space space;
    struct arch_user regs;
    paddr_t code, data, read_only, stack;
    uint32_t live_before;
};

/**
 * Make the space, load the program, switch to it. False: fails the test, or skips it if the ISA has no such program.
 */
bool user_begin(struct hal_user *user, enum hal_program_id program);
/** Put another program into the code page and start afresh. False as above. */
bool user_load(struct hal_user *user, enum hal_program_id program);
/** Leave the space and free everything. False: something was not given back. */
bool user_end(struct hal_user *user);

/** Run until something else than an interrupt happens; fails the test after a second of machine time. */
struct arch_trap user_run(struct hal_user *user);
/** Run it on CPU 1, which must be started, until it traps; it may be in no space here afterwards. */
struct arch_trap user_run_elsewhere(struct hal_user *user);
/** Run to the next system call and answer it with these words. False if something else happened. */
bool user_answer(struct hal_user *user, uint64_t w0, uint64_t w1, uint64_t w2, uint64_t w3);
/** Run HAL_PROGRAM_REGISTERS until it is interrupted in its loop. False: something else happened. */
bool user_run_to_loop(struct hal_user *user);
/** How many registers, sp included, have a value that HAL_PROGRAM_REGISTERS gave; 0 if sp has none. */
uint32_t user_marked(const struct hal_user *user);
/** The call registers. */
struct arch_call user_call(const struct hal_user *user);
