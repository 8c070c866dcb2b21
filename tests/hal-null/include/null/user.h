/* SPDX-License-Identifier: MIT */
/*
 * User programs for hal-null. A user state gets its program when arch_user_init() sees the entry address: either a step
 * function (the fastest, for benchmarks), or a C function that runs as a coroutine and calls the kernel like a real
 * program:
 *
 *     static void sender(struct arch_user *u)
 *     {
 *         struct null_result r = null_call(u, AEGIS_NR_SEND, 0, 1, 2, 3, 4);
 *         null_check(r.status == 0);
 *     }
 *     null_program(LAYOUT_IMAGE_BASE, sender);
 */
#pragma once
#include <arch/context.h>
#include <base/compiler.h>

/** Entry address for which no other program is set: any. */
#define NULL_ANY_ENTRY (~0ull)

/** States that start at `entry` run `step`. After null_reset(), before arch_user_init(). At most 128 programs. */
void null_script(vaddr_t entry, null_user_step *step);

/** States that start at `entry` run `program`; when it returns it traps as ILLEGAL for ever. */
void null_program(vaddr_t entry, void (*program)(struct arch_user *user));

struct null_result {
    status_t status;
    uint64_t w[4];
};

/** For programs: make system call `nr` and wait for the answer. */
struct null_result null_call(struct arch_user *user, uint64_t nr, uint64_t target, uint64_t w0, uint64_t w1,
                             uint64_t w2, uint64_t w3);
/** For programs: trap with `trap` (its pc is filled in); returns when the kernel resumes the program. */
void null_trap(struct arch_user *user, struct arch_trap trap);
/** For programs: compute for `microseconds`; interrupts are taken on the way. */
void null_compute(struct arch_user *user, uint64_t microseconds);
/**
 * What user mode itself does: access one byte at `va` through the active space with the rights of user mode (EXECUTE
 * reads it). False: `trap` is the page fault.
 */
MUST_CHECK bool null_access(const struct arch_user *user, vaddr_t va, enum arch_access access, uint8_t *byte,
                            struct arch_trap *trap);

/** For programs: access user memory through the active space; a refused access traps as PAGE and is retried. */
void null_read(struct arch_user *user, void *dst, vaddr_t src, size_t len);
void null_write(struct arch_user *user, vaddr_t dst, const void *src, size_t len);

/** For step functions: fill call registers and trap. Returns true. */
bool null_step_call(struct arch_user *user, struct arch_trap *trap, uint64_t nr, uint64_t target, const uint64_t w[4]);
