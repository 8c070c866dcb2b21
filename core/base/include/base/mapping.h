/* SPDX-License-Identifier: MIT */
/* What a page mapping is made of: the words that the page-table code here and the HAL contract (<arch/mmu.h>) share. */
#pragma once
#include <abi/types.h>
#include <base/compiler.h>

/** Where page-table frames come from: a static pool or the page allocator. Frames come zeroed. */
struct frame_source {
    MUST_CHECK status_t (*alloc)(void *ctx, paddr_t *out);
    void (*free)(void *ctx, paddr_t pa);
    void *ctx;
};

enum arch_map_flags {
    ARCH_MAP_PRESENT = 1u << 0,
    ARCH_MAP_WRITABLE = 1u << 1,
    ARCH_MAP_USER = 1u << 2,
    ARCH_MAP_NOCACHE = 1u << 3,
    ARCH_MAP_NO_EXECUTE = 1u << 4,
};
