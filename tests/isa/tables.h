/* SPDX-License-Identifier: MIT */
/* A small physical memory with page tables in it, for tests of base/pagetable.h over the format of the linked ISA. */
#pragma once
#include <arch/isa.h>

#define TABLES_FRAMES 256u
/** Physical address of the first frame; not 0, so that an address cannot be mistaken for an index. */
#define TABLES_BASE UINT64_C(0x40000000)

struct tables {
    struct pt pt; /* over the memory below */
    struct frame_source source;
    bool used[TABLES_FRAMES];
    uint32_t live;  /* frames that are out, the root included */
    uint32_t limit; /* no more than these at once */
    uint64_t memory[TABLES_FRAMES][PT_ENTRIES];
};

extern struct tables tables;

/** cmocka setup: an empty tree; the frames hold garbage until they are handed out. */
int tables_setup(void **state);
/** A tree's root, from the same memory; the caller's to free by tables_free(). */
paddr_t tables_root(void);
void tables_free(paddr_t frame);
/** Is every byte of every table the same as at tables_remember()? */
void tables_remember(void);
bool tables_unchanged(void);
