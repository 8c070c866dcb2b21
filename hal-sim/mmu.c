/* SPDX-License-Identifier: MIT */
/*
 * Address spaces: the ISA's own page tables in simulated RAM, which the engines walk through guest_walk(). The kernel
 * runs in the host's address space and needs no page of its own, but the kernel half of every space is filled with
 * supervisor blocks over all of physical memory, so that a user access there is refused as on hardware.
 */
#include <arch/isa.h>
#include <abi/status.h>
#include <arch/mmu.h>
#include <base/mem.h>
#include <base/pagetable.h>
#include <sim/guest.h>
#include <sim/host.h>

#include "hal_priv.h"

#define ALL_CPUS UINT32_MAX
#define KERNEL_BLOCK_FLAGS (ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE)

static uint64_t *table_view(void *ctx, paddr_t table)
{
    (void)ctx;
    return arch_phys_ptr(table);
}

static struct pt tree(paddr_t root, const struct frame_source *frames)
{
    return (struct pt){.format = &isa_pt_format, .mem = {.entry = table_view}, .frames = frames, .root = root};
}

/* First root entry of the kernel half: 256, or 0 where the kernel half has a root of its own. */
static uint32_t kernel_first(void)
{
    return pt_index(~isa_pt_format.user_top, isa_pt_format.levels - 1);
}

static bool own_kernel_root(void)
{
    return kernel_first() == 0;
}

/* Fill the first root entry of the kernel half, or the whole half where the root itself can hold blocks. */
static status_t map_kernel_half(const struct pt *pt)
{
    uint32_t level = isa_pt_format.block_level;
    uint32_t count = level == isa_pt_format.levels - 1 ? PT_ENTRIES - kernel_first() : PT_ENTRIES;

    for (uint32_t i = 0; i < count; i++) {
        uint64_t at = i * pt_span(level);
        status_t status = pt_map_kernel(pt, ~isa_pt_format.user_top + at, at, KERNEL_BLOCK_FLAGS, level);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

status_t arch_mmu_init(const struct frame_source *frames)
{
    paddr_t root;
    status_t status = frames->alloc(frames->ctx, &root);

    if (status != STATUS_OK)
        return status;
    struct pt pt = tree(root, frames);
    status = map_kernel_half(&pt);
    if (status != STATUS_OK)
        return status;
    if (isa_pt_format.block_level < isa_pt_format.levels - 1) {
        uint64_t *entry = arch_phys_ptr(root);
        for (uint32_t i = kernel_first() + 1; i < PT_ENTRIES; i++)
            entry[i] = entry[kernel_first()]; /* the same blocks again: no kernel address is unmapped */
    }
    hal_state.kernel_root = root;
    return STATUS_OK;
}

status_t arch_create_address_space(struct arch_space *space, uint32_t asid, const struct frame_source *frames)
{
    if (asid == 0 || asid > 255)
        return ERR_INVALID_ARGS;
    *space = (struct arch_space){.asid = asid, .frames = frames};
    status_t status = frames->alloc(frames->ctx, &space->root);
    if (status != STATUS_OK)
        return status;
    if (!own_kernel_root()) {
        const uint64_t *kernel = arch_phys_ptr(hal_state.kernel_root);
        uint64_t *own = arch_phys_ptr(space->root);
        memcpy(own + kernel_first(), kernel + kernel_first(), (PT_ENTRIES - kernel_first()) * sizeof *own);
    }
    return STATUS_OK;
}

void arch_destroy_address_space(struct arch_space *space)
{
    struct pt pt = tree(space->root, space->frames);

    pt_destroy_user(&pt);
    host_space_gone(space->root);
    space->frames->free(space->frames->ctx, space->root);
    space->root = 0;
}

void arch_switch_address_space(const struct arch_space *space)
{
    hal_cpu()->root = space != NULL ? space->root : 0;
}

status_t arch_map_page(struct arch_space *space, vaddr_t va, paddr_t pa, uint32_t flags)
{
    struct pt pt = tree(space->root, space->frames);

    return pt_map(&pt, va, pa, flags);
}

status_t arch_unmap_page(struct arch_space *space, vaddr_t va)
{
    struct pt pt = tree(space->root, space->frames);
    status_t status = pt_unmap(&pt, va);

    if (status == STATUS_OK) {
        host_space_written(space->root, va);
        host_tlb_flush_page(ALL_CPUS, space->root, va);
    }
    return status;
}

status_t arch_protect_page(struct arch_space *space, vaddr_t va, uint32_t flags)
{
    struct pt pt = tree(space->root, space->frames);
    status_t status = pt_protect(&pt, va, flags);

    if (status == STATUS_OK) {
        host_space_written(space->root, va);
        host_tlb_flush_page(ALL_CPUS, space->root, va);
    }
    return status;
}

status_t arch_walk(const struct arch_space *space, vaddr_t va, paddr_t *pa, uint32_t *flags)
{
    paddr_t found;
    uint32_t found_flags;

    if (!guest_walk(space->root, va, &found, &found_flags))
        return ERR_NOT_FOUND;
    if (pa != NULL)
        *pa = found;
    if (flags != NULL)
        *flags = found_flags;
    return STATUS_OK;
}

bool guest_walk(paddr_t root, vaddr_t va, paddr_t *pa, uint32_t *map_flags)
{
    struct pt_leaf leaf;
    struct pt pt = tree(va > isa_pt_format.user_top && own_kernel_root() ? hal_state.kernel_root : root, NULL);

    if (pt_walk(&pt, va, &leaf) != STATUS_OK)
        return false;
    *pa = leaf.pa;
    *map_flags = leaf.flags;
    return true;
}

void arch_flush_tlb(vaddr_t va)
{
    host_tlb_flush_page(UINT32_C(1) << arch_cpu_id(), hal_cpu()->root, va);
}

void arch_flush_tlb_all(void)
{
    host_tlb_flush(UINT32_C(1) << arch_cpu_id());
}

void arch_sync_code(paddr_t pa, uint64_t len)
{
    host_code_changed(pa, len);
}

paddr_t arch_ptr_phys(const void *p)
{
    uint64_t offset = (uint64_t)((uintptr_t)p - (uintptr_t)sim_port.ram);

    return offset < sim_port.ram_size ? ARCH_RAM_BASE + offset : 0;
}
