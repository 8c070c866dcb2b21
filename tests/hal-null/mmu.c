/* SPDX-License-Identifier: MIT */
/*
 * Address spaces: real page tables in a format of hal-null's own, which nobody but this file walks. There is no TLB, so
 * flushes are only counted.
 */
#include <string.h>

#include <abi/status.h>
#include <base/pagetable.h>

#include "null_priv.h"

/* An entry: bit 0 present, bit 1 leaf, bits 2-6 arch_map_flags, bits 12-51 address. */
#define ENTRY_PRESENT 1u
#define ENTRY_LEAF 2u
#define ENTRY_FLAGS_SHIFT 2u
#define ENTRY_FLAGS 0x1Fu
#define ENTRY_ADDRESS 0x000FFFFFFFFFF000ull

static uint64_t make_table(paddr_t table)
{
    return table | ENTRY_PRESENT;
}

static uint64_t make_leaf(paddr_t pa, uint32_t flags, uint32_t level)
{
    (void)level;
    return pa | (uint64_t)(flags | ARCH_MAP_PRESENT) << ENTRY_FLAGS_SHIFT | ENTRY_LEAF | ENTRY_PRESENT;
}

static bool is_present(uint64_t entry)
{
    return (entry & ENTRY_PRESENT) != 0;
}

static bool is_leaf(uint64_t entry, uint32_t level)
{
    (void)level;
    return (entry & ENTRY_LEAF) != 0;
}

static paddr_t address(uint64_t entry)
{
    return entry & ENTRY_ADDRESS;
}

static uint32_t flags_of(uint64_t entry)
{
    return (uint32_t)(entry >> ENTRY_FLAGS_SHIFT) & ENTRY_FLAGS;
}

static const struct pt_format format = {
    .levels = ARCH_PT_LEVELS,
    .block_level = 2,
    .user_top = ARCH_USER_VTOP,
    .make_table = make_table,
    .make_leaf = make_leaf,
    .is_present = is_present,
    .is_leaf = is_leaf,
    .address = address,
    .flags = flags_of,
};

static uint64_t *table_view(void *ctx, paddr_t table)
{
    (void)ctx;
    uint64_t *view = arch_phys_ptr(table);
    if (view == NULL)
        null_misuse("a page table lies outside RAM");
    return view;
}

static struct pt tree(const struct arch_space *space)
{
    return (struct pt){.format = &format, .mem = {.entry = table_view}, .frames = space->frames, .root = space->root};
}

status_t arch_mmu_init(const struct frame_source *frames)
{
    (void)frames; /* the kernel half is empty: the kernel runs in the host's address space */
    return STATUS_OK;
}

status_t arch_create_address_space(struct arch_space *space, uint32_t asid, const struct frame_source *frames)
{
    if (asid == 0 || asid > 255)
        return ERR_INVALID_ARGS;
    *space = (struct arch_space){.asid = asid, .frames = frames};
    return frames->alloc(frames->ctx, &space->root);
}

void arch_destroy_address_space(struct arch_space *space)
{
    for (uint32_t i = 0; i < null_machine.config.cpus; i++) {
        if (null_machine.cpu[i].space != NULL && null_machine.cpu[i].space->root == space->root)
            null_misuse("a CPU still runs in the space that is destroyed");
    }
    struct pt pt = tree(space);
    pt_destroy_user(&pt);
    space->frames->free(space->frames->ctx, space->root);
    space->root = 0;
}

void arch_switch_address_space(const struct arch_space *space)
{
    null_machine.cpu[null_port.cpu].space = space;
}

const struct arch_space *null_space(void)
{
    return null_machine.cpu[null_port.cpu].space;
}

status_t arch_map_page(struct arch_space *space, vaddr_t va, paddr_t pa, uint32_t flags)
{
    struct pt pt = tree(space);
    return pt_map(&pt, va, pa, flags);
}

status_t arch_unmap_page(struct arch_space *space, vaddr_t va)
{
    struct pt pt = tree(space);
    status_t status = pt_unmap(&pt, va);
    if (status == STATUS_OK)
        arch_flush_tlb(va);
    return status;
}

status_t arch_protect_page(struct arch_space *space, vaddr_t va, uint32_t flags)
{
    struct pt pt = tree(space);
    status_t status = pt_protect(&pt, va, flags);
    if (status == STATUS_OK)
        arch_flush_tlb(va);
    return status;
}

status_t arch_walk(const struct arch_space *space, vaddr_t va, paddr_t *pa, uint32_t *flags)
{
    struct pt pt = tree(space);
    struct pt_leaf leaf;
    status_t status = pt_walk(&pt, va, &leaf);
    if (status != STATUS_OK)
        return status;
    if (pa != NULL)
        *pa = leaf.pa;
    if (flags != NULL)
        *flags = leaf.flags;
    return STATUS_OK;
}

void arch_flush_tlb(vaddr_t va)
{
    (void)va;
    null_machine.flushes.page++;
}

void arch_flush_tlb_all(void)
{
    null_machine.flushes.all++;
}

void arch_sync_code(paddr_t pa, uint64_t len)
{
    (void)pa;
    (void)len;
    null_machine.flushes.code++;
}

struct null_flushes null_flushes(void)
{
    return null_machine.flushes;
}

/* The kernel's view of a user byte that user mode may access with `need`, and how many bytes its page still has. */
static status_t user_view(const struct arch_space *space, vaddr_t va, uint32_t need, uint8_t **view, size_t *room)
{
    paddr_t pa;
    uint32_t flags;
    if (arch_walk(space, va, &pa, &flags) != STATUS_OK || (flags & need) != need)
        return ERR_BAD_ADDRESS;
    *view = arch_phys_ptr(pa);
    *room = PAGE_SIZE - (size_t)(va % PAGE_SIZE);
    return *view != NULL ? STATUS_OK : ERR_BAD_ADDRESS;
}

status_t arch_copy_from_user(const struct arch_space *space, void *dst, struct uaddr src, size_t len)
{
    uint8_t *to = dst;
    while (len > 0) {
        uint8_t *view;
        size_t room;
        status_t status = user_view(space, src.va, ARCH_MAP_USER, &view, &room);
        if (status != STATUS_OK)
            return status;
        size_t part = len < room ? len : room;
        memcpy(to, view, part);
        to += part;
        src.va += part;
        len -= part;
    }
    return STATUS_OK;
}

status_t arch_copy_to_user(const struct arch_space *space, struct uaddr dst, const void *src, size_t len)
{
    const uint8_t *from = src;
    while (len > 0) {
        uint8_t *view;
        size_t room;
        status_t status = user_view(space, dst.va, ARCH_MAP_USER | ARCH_MAP_WRITABLE, &view, &room);
        if (status != STATUS_OK)
            return status;
        size_t part = len < room ? len : room;
        memcpy(view, from, part);
        from += part;
        dst.va += part;
        len -= part;
    }
    return STATUS_OK;
}
