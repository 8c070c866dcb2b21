/* SPDX-License-Identifier: MIT */
/*
 * User memory that the kernel reads twice in one system call: another CPU may change it in between, and what was checked is
 * then not what is used. Always looked for; a machine that does it ends as by a panic.
 */
#include <stdio.h>

#include "null_priv.h"

#define SPACES_MAX 128u
#define READS_MAX 16u

/* What was read for the call that runs in a space. Spaces are told apart by their root table. */
struct reads {
    paddr_t root;
    uint32_t count;
    struct {
        vaddr_t va;
        size_t len;
    } range[READS_MAX];
};

static struct reads spaces[SPACES_MAX];

static struct reads *reads_of(const struct arch_space *space)
{
    for (uint32_t i = 0; i < SPACES_MAX; i++) {
        if (spaces[i].root == space->root || spaces[i].root == 0)
            return &spaces[i];
    }
    null_misuse("more address spaces than the checker of user reads can follow");
}

void null_reads_reset(void)
{
    for (uint32_t i = 0; i < SPACES_MAX; i++)
        spaces[i] = (struct reads){.root = 0};
}

/* Only between a trap of a program and its return to user mode: tests call the kernel's functions themselves, too. */
void null_reads_begin(const struct arch_space *space)
{
    if (space != NULL)
        *reads_of(space) = (struct reads){.root = space->root};
}

void null_reads_end(const struct arch_space *space)
{
    if (space != NULL)
        reads_of(space)->count = READS_MAX;
}

void arch_note_user_read(const struct arch_space *space, vaddr_t va, size_t len)
{
    struct reads *r = reads_of(space);
    char what[80];

    if (r->root == 0 || r->count == READS_MAX)
        return;
    for (uint32_t i = 0; i < r->count; i++) {
        if (va < r->range[i].va + r->range[i].len && r->range[i].va < va + len) {
            vaddr_t at = va > r->range[i].va ? va : r->range[i].va;

            snprintf(what, sizeof(what), "user memory at 0x%llx is read twice in one call", (unsigned long long)at);
            arch_panic(what);
        }
    }
    r->range[r->count].va = va;
    r->range[r->count++].len = len;
}
