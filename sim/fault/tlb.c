/* SPDX-License-Identifier: MIT */
#include <sim/tlb.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <base/mapping.h>
#include <sim/crash.h>
#include <sim/guest.h>
#include <sim/machine.h>
#include <sim/moment.h>
#include <sim/serial.h>
#include <sim/tasks.h>

#include "fault_priv.h"

#define PAGE_MASK (~(uint64_t)(PAGE_SIZE - 1))
#define ENTRIES 4096u
#define WRITES 256u
#define CALLS 12u
#define VANISH_PART 8u /* one entry to user mode in so many finds an empty TLB */

struct entry {
    paddr_t root;
    vaddr_t va;
    paddr_t pa;
    uint32_t flags;
    uint32_t writings; /* of the kernel, before the entry was made */
};

struct cache {
    struct entry entry[ENTRIES];
    uint32_t count;
};

/* Who changed which page last: a ring. */
struct writing {
    paddr_t root;
    vaddr_t va;
    uintptr_t calls[CALLS];
    uint32_t depth;
};

static struct {
    enum tlb_mode mode;
    struct cache *cache[MACHINE_CPUS_MAX];
    struct writing writing[WRITES];
    uint32_t writings;
} tlb;

void tlb_set_mode(enum tlb_mode mode)
{
    tlb.mode = mode;
}

static bool cached(void)
{
    return tlb.mode == TLB_STALE || tlb.mode == TLB_CHECK;
}

/* -- Entries -- */

static struct cache *cache_of(uint32_t cpu)
{
    if (tlb.cache[cpu] == NULL)
        tlb.cache[cpu] = calloc(1, sizeof *tlb.cache[cpu]);
    if (tlb.cache[cpu] == NULL)
        abort();
    return tlb.cache[cpu];
}

static struct entry *find(struct cache *cache, paddr_t root, vaddr_t va)
{
    for (uint32_t i = 0; i < cache->count; i++) {
        if (cache->entry[i].va == va && cache->entry[i].root == root)
            return &cache->entry[i];
    }
    return NULL;
}

static bool allows(uint32_t flags, uint32_t must, uint32_t must_not)
{
    return (flags & must) == must && (flags & must_not) == 0;
}

bool tlb_walk(uint32_t cpu, paddr_t root, vaddr_t va, uint32_t must, uint32_t must_not, paddr_t *pa, uint32_t *map_flags)
{
    if (!cached())
        return guest_walk(root, va, pa, map_flags);
    struct cache *cache = cache_of(cpu);
    struct entry *entry = find(cache, root, va & PAGE_MASK);
    /* What an entry refuses is looked up again: rights may be added without a flush. */
    if (entry != NULL && allows(entry->flags, must, must_not)) {
        *pa = entry->pa + (va & ~PAGE_MASK);
        *map_flags = entry->flags;
        return true;
    }
    if (!guest_walk(root, va, pa, map_flags))
        return false;
    if (entry == NULL)
        entry = &cache->entry[cache->count < ENTRIES ? cache->count++ : rng_below(fault_rng(), ENTRIES)];
    *entry = (struct entry){.root = root, .va = va & PAGE_MASK, .pa = *pa & PAGE_MASK, .flags = *map_flags,
        .writings = tlb.writings};
    return true;
}

/* Take out what `root` and `va` say; 0: any. */
static void drop(uint32_t cpu, paddr_t root, vaddr_t va)
{
    struct cache *cache = tlb.cache[cpu];

    for (uint32_t i = 0; cache != NULL && i < cache->count;) {
        if ((root == 0 || cache->entry[i].root == root) && (va == 0 || cache->entry[i].va == va))
            cache->entry[i] = cache->entry[--cache->count];
        else
            i++;
    }
}

void tlb_flush_all(uint32_t cpu_mask)
{
    for (uint32_t i = 0; i < MACHINE_CPUS_MAX; i++) {
        if ((cpu_mask >> i & 1u) != 0)
            drop(i, 0, 0);
    }
}

void tlb_flush_page(uint32_t cpu_mask, paddr_t root, vaddr_t va)
{
    for (uint32_t i = 0; i < MACHINE_CPUS_MAX; i++) {
        if ((cpu_mask >> i & 1u) != 0)
            drop(i, root, va & PAGE_MASK);
    }
}

void tlb_space_gone(paddr_t root)
{
    for (uint32_t i = 0; i < MACHINE_CPUS_MAX; i++)
        drop(i, root, 0);
}

/* -- Checking -- */

void tlb_note_write(paddr_t root, vaddr_t va)
{
    if (tlb.mode != TLB_CHECK)
        return;
    struct writing *w = &tlb.writing[tlb.writings++ % WRITES];
    *w = (struct writing){.root = root, .va = va & PAGE_MASK};
    w->depth = crash_backtrace(w->calls, CALLS);
}

static const struct writing *last_writing(const struct entry *entry)
{
    for (uint32_t back = 1; back <= WRITES && back <= tlb.writings - entry->writings; back++) {
        const struct writing *w = &tlb.writing[(tlb.writings - back) % WRITES];
        if (w->root == entry->root && w->va == entry->va)
            return w;
    }
    return NULL;
}

static void rights(char out[8], uint32_t flags)
{
    snprintf(out, 8, "%s%s%s", (flags & ARCH_MAP_USER) != 0 ? "r" : "-", (flags & ARCH_MAP_WRITABLE) != 0 ? "w" : "-",
        (flags & ARCH_MAP_NO_EXECUTE) == 0 ? "x" : "-");
}

static _Noreturn void report(uint32_t cpu, const struct entry *entry, bool mapped, paddr_t pa, uint32_t flags)
{
    const struct writing *writing = last_writing(entry);
    uint32_t task = tasks_running(cpu);
    char old[8], new[8];

    rights(old, entry->flags);
    rights(new, flags);
    serial_flush();
    fprintf(stderr, "aegis-sim: missing invalidate at %s: CPU %u enters task %s and its TLB still has 0x%" PRIx64 " -> 0x%" PRIx64 " %s; ",
        moment_text(), cpu, task < MANIFEST_TASKS_MAX ? tasks_get(task)->name : "-", entry->va, entry->pa, old);
    if (mapped)
        fprintf(stderr, "the tables say 0x%" PRIx64 " %s\n", pa, new);
    else
        fprintf(stderr, "the tables say that nothing is mapped\n");
    fprintf(stderr, "aegis-sim: the entry was changed %s\n", writing != NULL ? "by:" : "behind the HAL's calls");
    if (writing != NULL)
        crash_show_places(writing->calls, writing->depth);
    machine_finish(MACHINE_STALE, ARCH_OFF_STOPPED, 0);
}

/* Rights that the tables have and the entry lacks do no harm. */
static void verify(uint32_t cpu, paddr_t root)
{
    struct cache *cache = tlb.cache[cpu];

    for (uint32_t i = 0; cache != NULL && i < cache->count; i++) {
        const struct entry *e = &cache->entry[i];
        uint32_t flags = 0;
        paddr_t pa = 0;
        if (e->root != root)
            continue;
        bool mapped = guest_walk(root, e->va, &pa, &flags);
        if (!mapped || pa != e->pa || (e->flags & ~flags & (ARCH_MAP_USER | ARCH_MAP_WRITABLE)) != 0 ||
            (flags & ~e->flags & ARCH_MAP_NO_EXECUTE) != 0)
            report(cpu, e, mapped, pa, flags);
    }
}

bool tlb_enter_user(uint32_t cpu, paddr_t root)
{
    if (tlb.mode == TLB_CHECK)
        verify(cpu, root);
    return tlb.mode == TLB_RANDOM && rng_below(fault_rng(), VANISH_PART) == 0;
}
