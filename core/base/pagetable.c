/* SPDX-License-Identifier: MIT */
#include <abi/status.h>
#include <base/pagetable.h>

/* An entry on the way to an address, and its level. */
struct slot {
    uint64_t *entry;
    uint32_t level;
};

/*@ logic integer pt_bytes(integer level) =
  @   level == 0 ? 0x1000 : level == 1 ? 0x200000 : level == 2 ? 0x40000000 : 0x8000000000;
  @*/

/*@ assigns \nothing;
  @ ensures \result == pt_bytes(level);
  @*/
uint64_t pt_span(uint32_t level)
{
    switch (level) {
    case 0:
        return PAGE_SIZE;
    case 1:
        return UINT64_C(0x200000);
    case 2:
        return UINT64_C(0x40000000);
    default:
        return UINT64_C(0x8000000000);
    }
}

/* Divisions by constants: shifts for the compiler, arithmetic for the prover. */
/*@ assigns \nothing;
  @ ensures \result < 512;
  @ ensures \result == va / pt_bytes(level) % 512;
  @ ensures whole: pt_bytes(level) * (va / pt_bytes(level) / 512 * 512 + \result) + va % pt_bytes(level) == va;
  @*/
uint32_t pt_index(vaddr_t va, uint32_t level)
{
    switch (level) {
    case 0:
        return (uint32_t)(va / PAGE_SIZE % PT_ENTRIES);
    case 1:
        return (uint32_t)(va / UINT64_C(0x200000) % PT_ENTRIES);
    case 2:
        return (uint32_t)(va / UINT64_C(0x40000000) % PT_ENTRIES);
    default:
        return (uint32_t)(va / UINT64_C(0x8000000000) % PT_ENTRIES);
    }
}

static bool is_user(const struct pt_format *format, vaddr_t va)
{
    return va <= format->user_top;
}

static bool is_kernel(const struct pt_format *format, vaddr_t va)
{
    return va >= ~format->user_top;
}

/* The one place where writable and executable are kept apart. */
static bool is_write_xor_execute(uint32_t flags)
{
    return (flags & ARCH_MAP_WRITABLE) == 0 || (flags & ARCH_MAP_NO_EXECUTE) != 0;
}

/* The entry for `va` at level `target`, or above it the one that says there is none. */
static struct slot find(const struct pt *pt, vaddr_t va, uint32_t target)
{
    uint32_t level = pt->format->levels - 1;
    paddr_t table = pt->root;

    for (;;) {
        uint64_t *entry = &pt->mem.entry(pt->mem.ctx, table)[pt_index(va, level)];

        if (level == target || !pt->format->is_present(*entry) || pt->format->is_leaf(*entry, level))
            return (struct slot){entry, level};
        table = pt->format->address(*entry);
        level--;
    }
}

static void free_frames(const struct pt *pt, const paddr_t *frame, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        pt->frames->free(pt->frames->ctx, frame[i]);
}

/* All or nothing. */
static status_t alloc_frames(const struct pt *pt, paddr_t *frame, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (pt->frames->alloc(pt->frames->ctx, &frame[i]) != STATUS_OK) {
            free_frames(pt, frame, i);
            return ERR_NO_MEMORY;
        }
    }
    return STATUS_OK;
}

/*
 * Put a leaf at `level`. Missing tables are filled from the bottom up and the one entry that makes them reachable is
 * written last, so that no walker ever meets half of it.
 */
static status_t map_leaf(const struct pt *pt, vaddr_t va, paddr_t pa, uint32_t flags, uint32_t level)
{
    struct slot slot = find(pt, va, level);
    uint32_t missing = slot.level - level;
    paddr_t frame[PT_LEVELS_MAX];
    uint64_t entry;
    status_t status;

    if (pt->format->is_present(*slot.entry))
        return ERR_ALREADY_EXISTS;
    status = alloc_frames(pt, frame, missing);
    if (status != STATUS_OK)
        return status;
    entry = pt->format->make_leaf(pa, flags, level);
    for (uint32_t i = 0; i < missing; i++) {
        pt->mem.entry(pt->mem.ctx, frame[i])[pt_index(va, level + i)] = entry;
        entry = pt->format->make_table(frame[i]);
    }
    *slot.entry = entry;
    return STATUS_OK;
}

status_t pt_map(const struct pt *pt, vaddr_t va, paddr_t pa, uint32_t flags)
{
    if (va % PAGE_SIZE != 0 || pa % PAGE_SIZE != 0 || !is_user(pt->format, va) || !is_write_xor_execute(flags))
        return ERR_INVALID_ARGS;
    return map_leaf(pt, va, pa, flags, 0);
}

status_t pt_map_kernel(const struct pt *pt, vaddr_t va, paddr_t pa, uint32_t flags, uint32_t level)
{
    if (level > pt->format->block_level || va % pt_span(level) != 0 || pa % pt_span(level) != 0)
        return ERR_INVALID_ARGS;
    if (!is_kernel(pt->format, va) || (flags & ARCH_MAP_USER) != 0 || !is_write_xor_execute(flags))
        return ERR_INVALID_ARGS;
    return map_leaf(pt, va, pa, flags, level);
}

/* The leaf of a user page. */
static status_t find_page(const struct pt *pt, vaddr_t va, uint64_t **out)
{
    struct slot slot;

    if (va % PAGE_SIZE != 0 || !is_user(pt->format, va))
        return ERR_INVALID_ARGS;
    slot = find(pt, va, 0);
    if (slot.level != 0 || !pt->format->is_present(*slot.entry))
        return ERR_NOT_FOUND;
    *out = slot.entry;
    return STATUS_OK;
}

status_t pt_unmap(const struct pt *pt, vaddr_t va)
{
    uint64_t *entry;
    status_t status = find_page(pt, va, &entry);

    if (status == STATUS_OK)
        *entry = 0;
    return status;
}

status_t pt_protect(const struct pt *pt, vaddr_t va, uint32_t flags)
{
    uint64_t *entry;
    status_t status;

    if (!is_write_xor_execute(flags))
        return ERR_INVALID_ARGS;
    status = find_page(pt, va, &entry);
    if (status == STATUS_OK)
        *entry = pt->format->make_leaf(pt->format->address(*entry), flags, 0);
    return status;
}

status_t pt_walk(const struct pt *pt, vaddr_t va, struct pt_leaf *out)
{
    struct slot slot;

    if (!is_user(pt->format, va) && !is_kernel(pt->format, va))
        return ERR_NOT_FOUND;
    slot = find(pt, va, 0);
    if (!pt->format->is_present(*slot.entry))
        return ERR_NOT_FOUND;
    out->pa = pt->format->address(*slot.entry) + va % pt_span(slot.level);
    out->flags = pt->format->flags(*slot.entry);
    out->level = slot.level;
    return STATUS_OK;
}

/* Free the tables that the first `count` entries of the root lead to, the lowest first: one place per level, no recursion. */
static void free_tables(const struct pt *pt, uint32_t top, uint32_t count)
{
    struct {
        paddr_t table;
        uint32_t next; /* entry */
    } at[PT_LEVELS_MAX];
    uint32_t level = top;

    at[top].table = pt->root;
    at[top].next = 0;
    while (level < top || at[top].next < count) {
        uint64_t entry;
        paddr_t child;

        if (level < top && at[level].next == PT_ENTRIES) {
            pt->frames->free(pt->frames->ctx, at[level++].table);
            continue;
        }
        entry = pt->mem.entry(pt->mem.ctx, at[level].table)[at[level].next++];
        child = pt->format->address(entry);
        if (!pt->format->is_present(entry) || pt->format->is_leaf(entry, level))
            continue;
        if (level == 1) {
            pt->frames->free(pt->frames->ctx, child);
        } else {
            level--;
            at[level].table = child;
            at[level].next = 0;
        }
    }
}

void pt_destroy_user(const struct pt *pt)
{
    uint32_t top = pt->format->levels - 1;
    uint32_t count = pt_index(pt->format->user_top, top) + 1;

    free_tables(pt, top, count);
    for (uint32_t i = 0; i < count; i++)
        pt->mem.entry(pt->mem.ctx, pt->root)[i] = 0;
}
