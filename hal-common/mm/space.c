/* SPDX-License-Identifier: MIT */
/* Address spaces in RAM that the kernel reaches through its direct map. */
#include <arch/mmu.h>

#include <abi/status.h>
#include <arch/isa.h>
#include <base/mem.h>
#include <common/cpu.h>
#include <common/kernel_map.h>
#include <common/kstack.h>
#include <common/port.h>

static uint64_t *table_view(void *ctx, paddr_t table)
{
    (void)ctx;
    return hal_direct(table);
}

static struct pt tree(const struct arch_space *space)
{
    return (struct pt){
        .format = &isa_pt_format, .mem = {.entry = table_view}, .frames = space->frames, .root = space->root};
}

/* First root entry of the kernel half: 256, or 0 where the kernel half has a root of its own. */
static uint32_t kernel_first(void)
{
    return pt_index(~isa_pt_format.user_top, isa_pt_format.levels - 1);
}

status_t arch_mmu_init(const struct frame_source *frames)
{
    kstack_init(frames);
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
    if (kernel_first() != 0) {
        const uint64_t *kernel = hal_direct(hal_map.root);
        uint64_t *own = hal_direct(space->root);
        memcpy(own + kernel_first(), kernel + kernel_first(), (PT_ENTRIES - kernel_first()) * sizeof *own);
    }
    return STATUS_OK;
}

/* Speculative walkers may still hold the tables: they go only after every CPU has forgotten the space. */
void arch_destroy_address_space(struct arch_space *space)
{
    struct pt pt = tree(space);

    port_tlb_invalidate_space(space->asid);
    pt_destroy_user(&pt);
    space->frames->free(space->frames->ctx, space->root);
    space->root = 0;
}

void arch_switch_address_space(const struct arch_space *space)
{
    struct hal_cpu *cpu = hal_cpu();

    cpu->space = space;
    port_space_load(space != NULL ? space->root : 0, space != NULL ? space->asid : 0);
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
        port_tlb_invalidate(space->asid, va);
    return status;
}

status_t arch_protect_page(struct arch_space *space, vaddr_t va, uint32_t flags)
{
    struct pt pt = tree(space);
    status_t status = pt_protect(&pt, va, flags);

    if (status == STATUS_OK)
        port_tlb_invalidate(space->asid, va);
    return status;
}

status_t arch_walk(const struct arch_space *space, vaddr_t va, paddr_t *pa, uint32_t *flags)
{
    struct pt pt = tree(space);
    struct pt_leaf leaf;

    if (va > isa_pt_format.user_top)
        pt.root = hal_map.root;
    status_t status = pt_walk(&pt, va, &leaf);
    if (status != STATUS_OK)
        return ERR_NOT_FOUND;
    if (pa != NULL)
        *pa = leaf.pa;
    if (flags != NULL)
        *flags = leaf.flags;
    return STATUS_OK;
}

void arch_flush_tlb(vaddr_t va)
{
    port_tlb_flush_page(va);
}

void arch_flush_tlb_all(void)
{
    port_tlb_flush_all();
}
