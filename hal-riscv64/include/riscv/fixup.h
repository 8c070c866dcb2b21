/* SPDX-License-Identifier: MIT */
/*
 * Instructions of the kernel that may fault: a fault at the first address of a pair goes on at the second one, with all
 * registers as they were. Everything else that faults in the kernel is a crash.
 */
#pragma once
#include <abi/types.h>

/* To stand behind an instruction labelled 1: in inline assembly; the label 2: is where to go on. */
#define FIXUP(fault, resume)               \
    ".pushsection fixup_table, \"a\"\n"    \
    ".balign 8\n"                          \
    ".dword " #fault ", " #resume "\n"     \
    ".popsection\n"

struct fixup {
    vaddr_t fault, resume;
};

/** All of them, by the linker. */
extern const struct fixup fixups_start[], fixups_end[];

/** Read 32 bits of memory that may not be there. Any context. False: it is not. */
static inline bool probe_read32(const void *p, uint32_t *value)
{
    uint64_t there = 0;

    __asm__ volatile("1: lw %0, 0(%2)\n"
                     "   li %1, 1\n"
                     "2:\n" FIXUP(1b, 2b)
                     : "=&r"(*value), "+&r"(there)
                     : "r"(p)
                     : "memory");
    return there != 0;
}
