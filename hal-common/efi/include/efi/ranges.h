/* SPDX-License-Identifier: MIT */
/* RAM by the firmware's memory map: what the kernel may use once boot services have ended. Pure. */
#pragma once
#include <abi/types.h>
#include <efi/efi.h>

/** Sorted, apart from each other, whole pages. */
struct efi_ranges {
    uint32_t count;
    struct efi_range {
        uint64_t base, size; /* bytes */
    } range[64];
};

/** As many ranges as every port of the kernel takes. */
#define EFI_RANGES_FINAL 8u

/** A memory map: `size` bytes of descriptors, each `step` bytes long. */
struct efi_map {
    const void *descriptors;
    uint64_t size, step, key;
};

/** Descriptor `index`; NULL behind the last. */
const struct efi_memory_descriptor *efi_map_get(const struct efi_map *map, uint64_t index);
/** Will the kernel own this memory? */
bool efi_is_usable(const struct efi_memory_descriptor *descriptor);

/**
 * All usable memory, neighbours joined. Where a list is full the smallest range is left out, except those that hold one of the
 * `pinned` addresses: at the end there are at most EFI_RANGES_FINAL.
 */
void efi_ranges_usable(struct efi_ranges *ranges, const struct efi_map *map, const uint64_t *pinned,
                       uint32_t pinned_count);
