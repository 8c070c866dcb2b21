/* SPDX-License-Identifier: MIT */
/* RAM as PC firmware describes it: entries in any order, which may overlap. What is reserved wins. Pure. */
#pragma once
#include <abi/types.h>

#define RAM_RANGES_MAX 32u
#define RAM_LOW_END 0x100000u           /* below: firmware, and where other CPUs start */
#define RAM_END (UINT64_C(1) << 46)     /* the direct map reaches no further */

struct ram_range {
    paddr_t base, end; /* [base, end), whole pages */
};

struct ram {
    struct ram_range range[RAM_RANGES_MAX]; /* sorted, disjoint, not touching */
    uint32_t count;
    paddr_t claimed_end; /* end of the highest entry, of any type, that begins below `claimed_limit` */
    paddr_t claimed_limit;
};

/** Add [base, end) but for pages that are not all inside. With too many ranges the smallest is forgotten. */
void ram_add(struct ram *ram, paddr_t base, paddr_t end);
/** Take [base, end) out, and all of its pages. */
void ram_cut(struct ram *ram, paddr_t base, paddr_t end);
/** Forget the smallest ranges above RAM_LOW_END until at most `max` are left. */
void ram_shrink(struct ram *ram, uint32_t max);
/** True if one range holds all of [base, end). */
bool ram_has(const struct ram *ram, paddr_t base, paddr_t end);
uint64_t ram_bytes(const struct ram *ram);

/**
 * Read a map of E820 entries (address, length, type; the layout of both PVH and Multiboot2): `count` entries, `stride`
 * (at least 20) bytes apart.
 */
void ram_read_e820(struct ram *ram, const uint8_t *entries, uint64_t count, uint64_t stride);
/** Read a map of EFI descriptors, `stride` (at least 40) bytes apart, as it is after the end of boot services. */
void ram_read_efi(struct ram *ram, const uint8_t *entries, uint64_t count, uint64_t stride);
