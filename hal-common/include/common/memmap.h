/* SPDX-License-Identifier: MIT */
/* The portable memory map under construction: usable ranges first, then what is reserved is cut out of them. */
#pragma once
#include <arch/boot.h>

struct memmap {
    struct boot_mmap_entry *entry; /* sorted by base, no two overlap */
    uint32_t count, room;
};

/** Add RAM. INVALID_ARGS: no whole pages, or overlaps what is there. OUT_OF_RANGE: no room. */
MUST_CHECK status_t memmap_add(struct memmap *map, uint64_t base, uint64_t size);
/**
 * Turn [base, base + size), widened to pages, into a reserved entry; usable memory around it stays usable, what is not
 * usable is not touched. OUT_OF_RANGE: no room.
 */
MUST_CHECK status_t memmap_reserve(struct memmap *map, uint64_t base, uint64_t size);
