/* SPDX-License-Identifier: MIT */
/*
 * Radix page tables of 512 eight-byte entries, over a format that says how an ISA writes an entry.
 * Levels count from the leaves: level 0 holds 4 KiB pages, the root is level `levels - 1`. The user half is
 * [0, user_top]; the kernel half is [~user_top, 2^64), in the same root or, where the ISA has two, in a root of its
 * own. Nothing here keeps state or flushes; the caller serialises changes of one tree.
 */
#pragma once
#include <abi/types.h>
#include <base/compiler.h>
#include <base/mapping.h>

#define PT_ENTRIES    512u
#define PT_LEVELS_MAX 4u

/** One ISA's entries. All functions are pure; bits that the format does not define are 0. */
struct pt_format {
    uint32_t levels;      /* 3 or 4 */
    uint32_t block_level; /* highest level at which the ISA allows a leaf */
    vaddr_t user_top;     /* last user address */
    /** An entry that points to a table; grants everything, so that the leaf decides. */
    uint64_t (*make_table)(paddr_t table);
    /** A leaf at `level` with arch_map_flags; PRESENT is implied. */
    uint64_t (*make_leaf)(paddr_t pa, uint32_t flags, uint32_t level);
    bool (*is_present)(uint64_t entry);
    /** Of a present entry: a leaf and not a pointer to a table? */
    bool (*is_leaf)(uint64_t entry, uint32_t level);
    /** Table or page that a present entry points to. */
    paddr_t (*address)(uint64_t entry);
    /** The arch_map_flags of a leaf, PRESENT included. */
    uint32_t (*flags)(uint64_t entry);
};

/** How to look at tables, which have physical addresses. */
struct pt_mem {
    uint64_t *(*entry)(void *ctx, paddr_t table); /* kernel view of the 512 entries of a table; never NULL */
    void *ctx;
};

/** One tree. */
struct pt {
    const struct pt_format *format;
    struct pt_mem mem;
    const struct frame_source *frames; /* not needed by pt_walk(), pt_unmap() and pt_protect() */
    paddr_t root;                      /* of the half that the addresses belong to, where the ISA has two roots */
};

/** What pt_walk() found. */
struct pt_leaf {
    paddr_t pa;     /* of the address itself, not of its page */
    uint32_t flags; /* arch_map_flags, PRESENT included */
    uint32_t level; /* 0: a 4 KiB page */
};

/** Index of `va` in its table of `level` (0..PT_LEVELS_MAX-1); always below PT_ENTRIES. */
uint32_t pt_index(vaddr_t va, uint32_t level);
/** Bytes that one entry of `level` covers. */
uint64_t pt_span(uint32_t level);

/**
 * Map one page of the user half. INVALID_ARGS: unaligned, outside the user half, or writable without NO_EXECUTE (W^X is
 * refused here, for every HAL). ALREADY_EXISTS: something is mapped there. NO_MEMORY: no table frame. After an error
 * nothing is changed.
 */
MUST_CHECK status_t pt_map(const struct pt *pt, vaddr_t va, paddr_t pa, uint32_t flags);
/**
 * Map pt_span(level) bytes of the kernel half with one leaf; `flags` without USER. Errors as pt_map(), and INVALID_ARGS
 * for a level at which the format has no leaf or addresses not aligned to it.
 */
MUST_CHECK status_t pt_map_kernel(const struct pt *pt, vaddr_t va, paddr_t pa, uint32_t flags, uint32_t level);
/** Remove the mapping of one user page; tables stay. INVALID_ARGS as pt_map(), NOT_FOUND: nothing was mapped. */
MUST_CHECK status_t pt_unmap(const struct pt *pt, vaddr_t va);
/** Replace the flags of one user page. INVALID_ARGS as pt_map(), NOT_FOUND: nothing was mapped. */
MUST_CHECK status_t pt_protect(const struct pt *pt, vaddr_t va, uint32_t flags);
/** Look up any address of either half. NOT_FOUND: nothing is mapped, or the address is in neither half. */
MUST_CHECK status_t pt_walk(const struct pt *pt, vaddr_t va, struct pt_leaf *out);
/** Free every table below the user half of the root and clear those root entries; the root itself stays. */
void pt_destroy_user(const struct pt *pt);
