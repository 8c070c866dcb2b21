/* SPDX-License-Identifier: MIT */
/* What the library calls while user code runs. */
#include <arch/mmu.h>
#include <board.h>
#include <sim/guest.h>
#include <sim/port.h>
#include <sim/tlb.h>

#include "engine_priv.h"

void engine_stop(struct engine *engine, enum engine_stop why)
{
    if (engine->stop == STOP_NONE)
        engine->stop = why; /* the rest of the block may still run and find further reasons */
    uc_emu_stop(engine->uc);
}

/* -- TLB misses -- */

static bool refuse(struct engine *engine, enum engine_miss why, uint64_t va, paddr_t frame, enum arch_access access)
{
    engine->miss = why;
    engine->miss_va = va;
    engine->miss_frame = frame;
    engine->miss_access = access;
    return false;
}

/*
 * Rights of the mapping, less those that would let code and stores to it meet unseen. Only what is asked for is
 * granted.
 */
static bool grant(struct engine *engine, uint64_t va, paddr_t pa, enum arch_access access, uc_tlb_entry *entry)
{
    uint8_t none = 0;
    uint8_t *state = frame_state(pa);

    if (state == NULL)
        state = &none; /* device or framebuffer */
    if (access == ARCH_ACCESS_WRITE) {
        if ((*state & FRAME_CODE) != 0)
            return refuse(engine, MISS_CODE_WRITTEN, va, pa, access);
        *state |= FRAME_WRITTEN;
        entry->perms = UC_PROT_READ | UC_PROT_WRITE;
    } else if (access == ARCH_ACCESS_EXECUTE) {
        if ((*state & FRAME_WRITTEN) != 0)
            return refuse(engine, MISS_WRITTEN_FETCH, va, pa, access);
        *state |= FRAME_CODE;
        entry->perms = UC_PROT_READ | UC_PROT_EXEC;
    } else {
        entry->perms = UC_PROT_READ;
    }
    return true;
}

static bool lookup(struct engine *engine, uint64_t va, enum arch_access access, paddr_t *pa)
{
    uint32_t must = ARCH_MAP_USER | (access == ARCH_ACCESS_WRITE ? ARCH_MAP_WRITABLE : 0);
    uint32_t must_not = access == ARCH_ACCESS_EXECUTE ? ARCH_MAP_NO_EXECUTE : 0;
    uint32_t flags;

    if (engine->root == 0 || !tlb_walk(engine->cpu->id, engine->root, va, must, must_not, pa, &flags))
        return refuse(engine, MISS_ABSENT, va, 0, access);
    if ((flags & must) != must || (flags & must_not) != 0)
        return refuse(engine, MISS_PERMISSION, va, 0, access);
    return true;
}

static bool fill_view(struct engine *engine, uint64_t page, uint64_t rest, uc_tlb_entry *entry)
{
    if (page != engine->view_va)
        return false;
    entry->paddr = engine->view_pa + rest;
    entry->perms = UC_PROT_ALL;
    return true;
}

/* The replay of a faulting instruction must change nothing and must meet the hole. */
static bool fill_probe(struct engine *engine, uint64_t page, uint64_t rest, enum arch_access access,
    uc_tlb_entry *entry)
{
    paddr_t pa;

    if (page == engine->view_va && access != ARCH_ACCESS_EXECUTE)
        return fill_view(engine, page, rest, entry);
    if (access == ARCH_ACCESS_WRITE || !lookup(engine, page, access, &pa))
        return false;
    /* Reading a device would change it; what is read does not matter. */
    entry->paddr = (frame_state(pa) != NULL ? pa : BOARD_RAM_BASE) + rest;
    entry->perms = access == ARCH_ACCESS_EXECUTE ? UC_PROT_READ | UC_PROT_EXEC : UC_PROT_READ;
    return true;
}

/* A refusal makes uc_emu_start() return UC_ERR_EXCEPTION with the program counter at the instruction. */
static bool on_fill(uc_engine *uc, uint64_t va, uc_mem_type type, uc_tlb_entry *entry, void *user)
{
    struct engine *engine = user;
    enum arch_access access = type == UC_MEM_FETCH ? ARCH_ACCESS_EXECUTE :
        type == UC_MEM_WRITE ? ARCH_ACCESS_WRITE : ARCH_ACCESS_READ;
    uint64_t page = va & ~(ENGINE_PAGE - 1);
    uint64_t rest = va & (ENGINE_PAGE - 1); /* AArch64: the library's pages are 1 KiB */
    paddr_t pa;

    (void)uc;
    if (engine->mode == MODE_VIEW)
        return fill_view(engine, page, rest, entry);
    if (engine->mode == MODE_PROBE)
        return fill_probe(engine, page, rest, access, entry);
    if (!lookup(engine, page, access, &pa) || !grant(engine, page, pa, access, entry))
        return false;
    entry->paddr = pa + rest;
    return true;
}

/* Physical memory that does not exist: the hole of a probe, or a mapping of nothing. */
static bool on_unmapped(uc_engine *uc, uc_mem_type type, uint64_t pa, int size, int64_t value, void *user)
{
    struct engine *engine = user;

    (void)uc;
    (void)type;
    (void)size;
    (void)value;
    if (engine->mode == MODE_PROBE && !engine->hole_hit) {
        engine->hole_hit = true;
        engine->hole_offset = pa & (ENGINE_PAGE - 1);
    }
    return false;
}

/* -- Exceptions -- */

static void on_interrupt(uc_engine *uc, uint32_t number, void *user)
{
    struct engine *engine = user;

    (void)uc;
    if (engine->stop == STOP_NONE)
        engine->number = number;
    engine_stop(engine, (int)number == engine_isa.syscall ? STOP_SYSCALL : STOP_INTERRUPT);
}

void engine_add_hooks(struct engine *engine)
{
    uc_hook hook;

    engine_must(uc_hook_add(engine->uc, &hook, UC_HOOK_TLB_FILL, on_fill, engine, 1, 0), "fill hook");
    engine_must(uc_hook_add(engine->uc, &hook, UC_HOOK_INTR, on_interrupt, engine, 1, 0), "exception hook");
    engine_must(uc_hook_add(engine->uc, &hook, UC_HOOK_MEM_UNMAPPED, on_unmapped, engine, 1, 0), "hole hook");
    engine_isa_add_hooks(engine);
}

/* -- Metering: the hottest code of the simulator -- */

/* The first block of a run, or no units left. */
static __attribute__((noinline)) void on_block_slow(struct engine *engine, uint64_t va, uint32_t size)
{
    bool goes_on = engine->resumed; /* the rest of a block that had begun with units left */

    engine->resumed = false;
    engine->block_size = 0;
    engine_unhold(engine);
    if (engine->left > 0 || goes_on)
        code_inspect_first(engine, va, size);
    if (engine->left <= 0 && (!goes_on || engine->stop != STOP_NONE)) {
        engine->stopped_at = va;
        engine_stop(engine, STOP_QUANTUM); /* unless the inspection has stopped it */
        return;
    }
    engine->left -= size;
    engine->block = va;
    engine->block_size = size;
}

/* Blocks are charged when they begin; whoever leaves one early gives the rest back (finish_block). */
static void on_block(uc_engine *uc, uint64_t va, uint32_t size, void *user)
{
    struct engine *engine = user;
    int64_t left = engine->left;

    (void)uc;
    if (UNLIKELY(left <= 0)) {
        on_block_slow(engine, va, size); /* not inlined: it would cost the fast path its registers */
        return;
    }
    engine->left = left - size;
    engine->block = va;
    engine->block_size = size;
}

/* New code. The library keeps quiet about the first block of a run, which on_block_slow() looks at. */
static void on_translated(uc_engine *uc, uc_tb *block, uc_tb *before, void *user)
{
    (void)uc;
    (void)before;
    code_inspect(user, block->pc, block->size);
}

void engine_add_metering(struct engine *engine)
{
    uc_hook hook;

    engine_must(uc_hook_add(engine->uc, &hook, UC_HOOK_BLOCK, on_block, engine, 1, 0), "block hook");
    engine_must(uc_hook_add(engine->uc, &hook, UC_HOOK_EDGE_GENERATED, on_translated, engine, 1, 0), "code hook");
}
