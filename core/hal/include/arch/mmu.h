/* SPDX-License-Identifier: MIT */
/*
 * HAL contract: address spaces. A space is a page-table tree in the ISA's own format whose frames come from the
 * frame_source given at creation. Its kernel half is the same in every space and has no user-accessible page.
 * The caller serialises changes of one space (mm's lock, or a space no CPU runs in yet).
 */
#pragma once
#include <abi/types.h>
#include <base/compiler.h>
#include <base/mapping.h> /* struct frame_source, enum arch_map_flags */

struct arch_space {
    paddr_t root;                       /* [I] physical address of the root table */
    uint32_t asid;                      /* [I] 1..255; address-space tag where the ISA has one */
    const struct frame_source *frames;  /* [I] */
};

/** Set up the kernel half. Once, on the boot CPU, before any other call here. NO_MEMORY: the source ran dry. */
MUST_CHECK status_t arch_mmu_init(const struct frame_source *frames);

/** A new space with an empty user half. `frames` must outlive it. Errors: NO_MEMORY (nothing is kept). May not sleep. */
MUST_CHECK status_t arch_create_address_space(struct arch_space *space, uint32_t asid, const struct frame_source *frames);
/** Free every table frame (never the mapped pages). No CPU may run in it. */
void arch_destroy_address_space(struct arch_space *space);
/** Run the executing CPU's user half from `space` from now on; NULL: kernel only. */
void arch_switch_address_space(const struct arch_space *space);

/**
 * Map one page. `va` page-aligned and in the user half, `pa` page-aligned. `flags` are arch_map_flags; PRESENT is implied.
 * INVALID_ARGS: unaligned, outside the user half, or writable without NO_EXECUTE (W^X is refused here, centrally).
 * ALREADY_EXISTS: something is mapped there. NO_MEMORY: no table frame; nothing is changed.
 * A new mapping needs no flush.
 */
MUST_CHECK status_t arch_map_page(struct arch_space *space, vaddr_t va, paddr_t pa, uint32_t flags);
/** Remove the mapping of one page and flush it on every CPU before the return. NOT_FOUND: nothing was mapped. */
MUST_CHECK status_t arch_unmap_page(struct arch_space *space, vaddr_t va);
/** Replace the flags of one mapped page, flushing on every CPU. INVALID_ARGS as arch_map_page(), NOT_FOUND. */
MUST_CHECK status_t arch_protect_page(struct arch_space *space, vaddr_t va, uint32_t flags);
/** Look one address up in the tables (not in a TLB): its physical address and flags. NOT_FOUND. Either out may be NULL. */
MUST_CHECK status_t arch_walk(const struct arch_space *space, vaddr_t va, paddr_t *pa, uint32_t *flags);

/** Drop what this CPU cached of one page, or of all pages. Needed after a change made behind the calls above. */
void arch_flush_tlb(vaddr_t va);
void arch_flush_tlb_all(void);

/** After the kernel wrote [pa, pa+len) and before it is executed: every CPU fetches the new bytes. */
void arch_sync_code(paddr_t pa, uint64_t len);

/**
 * Copy between the kernel and user memory of `space`, honouring the user's own rights page by page (a read needs a
 * user-readable page, a write a user-writable one). BAD_ADDRESS: some byte may not be accessed; then the bytes before it
 * may have been copied. No lock that a page fault could need.
 */
MUST_CHECK status_t arch_copy_from_user(const struct arch_space *space, void *dst, struct uaddr src, size_t len);
MUST_CHECK status_t arch_copy_to_user(const struct arch_space *space, struct uaddr dst, const void *src, size_t len);
