/* SPDX-License-Identifier: MIT */
/* Page-table formats and trees, and ranges of user addresses. ISA names the format; its file is the shipped one. */
#include "harness.h"

#include "core/base/pagetable.c"

#include <abi/layout.h>
#include <arch/mmu.h>
#include <mm/user_copy.h>

#include "core/mm/user_copy.c"

#ifdef ISA
#include ISA
#endif

struct null_port;

status_t arch_copy_from_user(const struct arch_space *space, void *dst, struct uaddr src, size_t len)
{
    const unsigned __int128 end = (unsigned __int128)src.va + len;

    (void)space;
    (void)dst;
    CLAIM(len > 0 && src.va >= LAYOUT_USER_BASE && end <= LAYOUT_USER_BASE + LAYOUT_USER_SIZE, "only user memory is read");
    return STATUS_OK;
}

void arch_note_user_read(const struct arch_space *space, vaddr_t va, size_t len)
{
    (void)space;
    (void)va;
    (void)len;
}

/* In integers that cannot wrap: a range is fine if it is not empty and lies in the user range from end to end. */
void prove_user_range(void)
{
    struct uaddr start = {nondet_u64()};
    uint64_t len = nondet_u64();
    const unsigned __int128 end = (unsigned __int128)start.va + len;
    bool inside = start.va >= LAYOUT_USER_BASE && end <= (unsigned __int128)LAYOUT_USER_BASE + LAYOUT_USER_SIZE;
    uint8_t buffer[1];

    CLAIM(user_range_ok(start, len) == (len > 0 && inside), "the range, without wrapping");
    CLAIM(user_copy_in(NULL, buffer, start, len) != STATUS_OK || (len > 0 && inside), "and nothing else is copied");
}

#ifdef ISA
/* What is written into an entry is what is read from it. */
void prove_format(void)
{
    const struct pt_format *f = &isa_pt_format;
    uint32_t wanted = any_below(32), level = any_below(3);
    paddr_t pa = nondet_u64();
    uint64_t leaf, table;

    ASSUME(pa < UINT64_C(1) << 48 && pa % pt_span(level) == 0);
    leaf = f->make_leaf(pa, wanted, level);
    table = f->make_table(pa);
    CLAIM(f->is_present(leaf) && f->is_leaf(leaf, level) && f->address(leaf) == pa, "a leaf for this address");
    CLAIM(f->flags(leaf) == (wanted | ARCH_MAP_PRESENT), "with these rights");
    CLAIM(f->is_present(table) && f->address(table) == pa, "a table at this address");
    CLAIM(!f->is_leaf(table, level + 1), "and no leaf above level 0");
    CLAIM(!f->is_present(0), "an empty entry is not there");
}

#define FRAMES 7u /* a root, and what two pages need at most */

/*
 * Small trees: only addresses whose indices are below WIDTH occur (pt_index() for all others is WP's to prove), so tables need
 * no more entries than that, and the bounds checks see to it that none is touched.
 */
#define WIDTH 2u

static uint64_t frames[FRAMES][WIDTH];
static uint32_t used;

static uint64_t *entries_of(void *ctx, paddr_t table)
{
    (void)ctx;
    CLAIM(table % PAGE_SIZE == 0 && table / PAGE_SIZE - 1 < used, "tables are frames that were given out");
    return frames[table / PAGE_SIZE - 1];
}

/* A source that may run dry at any time. */
static status_t frame_give(void *ctx, paddr_t *out)
{
    (void)ctx;
    if (used == FRAMES || nondet_bool())
        return ERR_NO_MEMORY;
    *out = (paddr_t)++used * PAGE_SIZE;
    return STATUS_OK;
}

static void frame_take(void *ctx, paddr_t pa)
{
    (void)ctx;
    (void)pa; /* not given out again: what a failed map wrote there would be seen */
}

/* One page of the model. */
struct page {
    vaddr_t va;
    paddr_t pa;
    uint32_t rights;
    bool mapped;
};

static bool acceptable(vaddr_t va, uint32_t rights)
{
    bool wx = (rights & ARCH_MAP_WRITABLE) != 0 && (rights & ARCH_MAP_NO_EXECUTE) == 0;

    return va % PAGE_SIZE == 0 && va <= isa_pt_format.user_top && !wx;
}

static bool is_small(vaddr_t va)
{
    bool small = true;

    for (uint32_t level = 0; level < isa_pt_format.levels; level++)
        small = small && pt_index(va, level) < WIDTH;
    return small;
}

static struct page map_any(const struct pt *pt, const struct page *other)
{
    struct page p = {.va = nondet_u64(), .pa = nondet_u64(), .rights = any_below(32)};
    bool taken = other != NULL && other->mapped && other->va == p.va;
    status_t status;

    ASSUME(p.pa < UINT64_C(1) << 48 && (is_small(p.va) || !acceptable(p.va, 0)));
    status = pt_map(pt, p.va, p.pa, p.rights);
    if (p.pa % PAGE_SIZE != 0 || !acceptable(p.va, p.rights))
        CLAIM(status == ERR_INVALID_ARGS, "unaligned, not the user's, or writable code");
    else
        CLAIM(status == (taken ? ERR_ALREADY_EXISTS : STATUS_OK) || (!taken && status == ERR_NO_MEMORY), "else it is mapped");
    p.mapped = status == STATUS_OK;
    return p;
}

/* Two pages come, one goes or changes; then any address leads where the model says. */
void prove_tree(void)
{
    const struct frame_source source = {.alloc = frame_give, .free = frame_take};
    const struct pt pt = {.format = &isa_pt_format, .mem = {.entry = entries_of}, .frames = &source, .root = PAGE_SIZE};
    struct page a, b;
    struct pt_leaf leaf;
    vaddr_t va = nondet_u64();
    uint32_t rights = any_below(32);
    bool found;

    used = 1;
    a = map_any(&pt, NULL);
    b = map_any(&pt, &a);
    if (nondet_bool()) {
        CLAIM(!a.mapped || pt_unmap(&pt, a.va) == STATUS_OK, "what is mapped can be unmapped");
        a.mapped = false;
    } else if (a.mapped && pt_protect(&pt, a.va, rights) == STATUS_OK) {
        CLAIM(acceptable(a.va, rights), "never writable and executable");
        a.rights = rights;
    }
    ASSUME(va <= isa_pt_format.user_top && is_small(va));
    found = pt_walk(&pt, va, &leaf) == STATUS_OK;
    if (a.mapped && va - va % PAGE_SIZE == a.va)
        CLAIM(found && leaf.pa == a.pa + va % PAGE_SIZE && leaf.flags == (a.rights | ARCH_MAP_PRESENT), "the first page");
    else if (b.mapped && va - va % PAGE_SIZE == b.va)
        CLAIM(found && leaf.pa == b.pa + va % PAGE_SIZE && leaf.flags == (b.rights | ARCH_MAP_PRESENT), "the second page");
    else
        CLAIM(!found, "nothing else is mapped");
}
#endif
