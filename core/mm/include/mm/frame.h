/* SPDX-License-Identifier: MIT */
/*
 * Page frames of the usable RAM. The safety profile hands out a pool of CONFIG_POOL_FRAMES frames fixed at boot; the full
 * profile manages all usable RAM. Both sit behind the same calls, and behind the frame_source that page tables draw from.
 * Frames come zeroed and never have physical address 0. A double free or a foreign frame panics.
 */
#pragma once
#include <abi/types.h>
#include <arch/boot.h>
#include <arch/mmu.h>
#include <base/compiler.h>
#include <diag/check.h>

extern const struct check_module frame_check_module;

/** Take over the usable ranges of `map`. Boot context, once. NO_MEMORY: less than the smallest system needs. */
MUST_CHECK status_t frame_init(const struct boot_mmap_entry *map, uint32_t count);

/** One zeroed frame. Thread or boot context; may not sleep. NO_MEMORY. */
MUST_CHECK status_t frame_alloc(paddr_t *out);
/** Give a frame back. */
void frame_free(paddr_t pa);

/** Frames that are free, and that there are. Any context. */
uint32_t frame_count_free(void);
uint32_t frame_count_total(void);
/** True if `pa` is a frame that is handed out. For the invariants; no lock of a higher rank than MM's held. */
bool frame_is_used(paddr_t pa);

/**
 * From now on as many frames are in use as now; that is an invariant. Nobody takes one at run time: all that static tasks have was
 * made for them during boot, page tables included. Boot context.
 */
void frame_mark(void);

/** The source that page tables use. */
const struct frame_source *frame_source_get(void);
