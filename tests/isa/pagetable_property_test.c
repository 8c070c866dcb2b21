/* SPDX-License-Identifier: MIT */
/*
 * Random sequences of map, unmap, protect and walk against a model that is only an array, and an independent count of
 * the tables that such a tree must have. The seed stands in the output of a failure.
 */
#include "tables.h"

#include <support/random.h>
#include <support/unit.h>

#define PAGES  96u
#define ROUNDS 40u
#define STEPS  1500u

struct page {
    vaddr_t va;
    bool mapped;
    paddr_t pa;
    uint32_t flags;
};

static struct page model[PAGES];
static struct test_random rng;
/* For each level, the tables that were ever needed: unmapping keeps them. */
static vaddr_t needed[PT_LEVELS_MAX][TABLES_FRAMES];
static uint32_t needed_count[PT_LEVELS_MAX];

/* Pages in clusters, so that tables are shared at every level, and at both ends of the user half. */
static void choose_pages(void)
{
    for (uint32_t i = 0; i < PAGES; i++) {
        vaddr_t va = 0;

        for (uint32_t level = 0; level < isa_pt_format.levels; level++)
            va += pt_span(level) * test_random_below(&rng, level == 0 ? 8 : 3);
        if (test_random_below(&rng, 4) == 0)
            va = isa_pt_format.user_top - va % isa_pt_format.user_top;
        va = va % (isa_pt_format.user_top + 1) / PAGE_SIZE * PAGE_SIZE;
        for (uint32_t k = 0; k < i; k++) {
            if (model[k].va == va) { /* again, elsewhere */
                va = (va + PAGE_SIZE * 17) % (isa_pt_format.user_top + 1);
                k = UINT32_MAX;
            }
        }
        model[i] = (struct page){.va = va};
    }
}

static uint32_t random_flags(void)
{
    return test_random_below(&rng, 16) * 2; /* all but PRESENT */
}

static bool is_refused(uint32_t flags)
{
    return (flags & ARCH_MAP_WRITABLE) != 0 && (flags & ARCH_MAP_NO_EXECUTE) == 0;
}

/* The table of `level` that covers `va` is needed from now on. */
static void need(vaddr_t va, uint32_t level)
{
    vaddr_t covered = va / pt_span(level + 1);

    for (uint32_t i = 0; i < needed_count[level]; i++) {
        if (needed[level][i] == covered)
            return;
    }
    needed[level][needed_count[level]++] = covered;
}

static uint32_t tables_needed(void)
{
    uint32_t count = 1; /* the root */

    for (uint32_t level = 0; level + 1 < isa_pt_format.levels; level++)
        count += needed_count[level];
    return count;
}

static void try_map(struct page *page)
{
    paddr_t pa = (paddr_t)test_random_below(&rng, 0x100000) * PAGE_SIZE;
    uint32_t flags = random_flags();
    status_t expected = is_refused(flags) ? ERR_INVALID_ARGS : page->mapped ? ERR_ALREADY_EXISTS : STATUS_OK;

    assert_status(pt_map(&tables.pt, page->va, pa, flags), expected);
    if (expected != STATUS_OK)
        return;
    page->mapped = true;
    page->pa = pa;
    page->flags = flags | ARCH_MAP_PRESENT;
    for (uint32_t level = 0; level + 1 < isa_pt_format.levels; level++)
        need(page->va, level);
}

static void try_unmap(struct page *page)
{
    assert_status(pt_unmap(&tables.pt, page->va), page->mapped ? STATUS_OK : ERR_NOT_FOUND);
    page->mapped = false;
}

static void try_protect(struct page *page)
{
    uint32_t flags = random_flags();
    status_t expected = is_refused(flags) ? ERR_INVALID_ARGS : page->mapped ? STATUS_OK : ERR_NOT_FOUND;

    assert_status(pt_protect(&tables.pt, page->va, flags), expected);
    if (expected == STATUS_OK)
        page->flags = flags | ARCH_MAP_PRESENT;
}

static void check_page(const struct page *page)
{
    uint32_t offset = test_random_below(&rng, PAGE_SIZE);
    struct pt_leaf leaf;
    status_t status = pt_walk(&tables.pt, page->va + offset, &leaf);

    assert_status(status, page->mapped ? STATUS_OK : ERR_NOT_FOUND);
    if (status != STATUS_OK)
        return;
    assert_true(leaf.pa == page->pa + offset);
    assert_int_equal(leaf.flags, page->flags);
    assert_int_equal(leaf.level, 0);
}

static void run(uint64_t seed)
{
    rng = (struct test_random){seed};
    for (uint32_t level = 0; level < PT_LEVELS_MAX; level++)
        needed_count[level] = 0;
    choose_pages();
    for (uint32_t step = 0; step < STEPS; step++) {
        struct page *page = &model[test_random_below(&rng, PAGES)];

        switch (test_random_below(&rng, 4)) {
        case 0:
        case 1:
            try_map(page);
            break;
        case 2:
            try_unmap(page);
            break;
        default:
            try_protect(page);
            break;
        }
        check_page(&model[test_random_below(&rng, PAGES)]);
        assert_int_equal(tables.live, tables_needed());
    }
    for (uint32_t i = 0; i < PAGES; i++)
        check_page(&model[i]);
    pt_destroy_user(&tables.pt);
    assert_int_equal(tables.live, 1);
}

static void random_sequences_agree_with_an_array(void **state)
{
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        tables_setup(state);
        print_message("seed %u\n", (unsigned)seed);
        run(seed);
    }
}

/* The same with too little memory: a map that fails changes nothing that can be seen, in the tree or in the frames. */
static void failed_maps_change_nothing(void **state)
{
    uint32_t failed = 0;

    rng = (struct test_random){77};
    tables_setup(state);
    choose_pages();
    tables.limit = 20;
    for (uint32_t i = 0; i < PAGES; i++) {
        status_t status;

        tables_remember();
        status = pt_map(&tables.pt, model[i].va, 0, ARCH_MAP_USER);
        model[i].mapped = status == STATUS_OK;
        model[i].flags = ARCH_MAP_USER | ARCH_MAP_PRESENT;
        if (status != STATUS_OK) {
            assert_status(status, ERR_NO_MEMORY);
            failed++;
        }
        for (uint32_t k = 0; k <= i; k++)
            check_page(&model[k]);
    }
    assert_in_range(failed, 1, PAGES - 1);
    pt_destroy_user(&tables.pt);
    assert_int_equal(tables.live, 1);
}

/* Two spaces over one memory never see each other's pages. */
static void two_trees_do_not_mix(void **state)
{
    struct pt other;

    (void)state;
    rng = (struct test_random){99};
    choose_pages();
    other = tables.pt;
    other.root = tables_root();
    for (uint32_t i = 0; i < PAGES; i++) {
        const struct pt *owner = i % 2 ? &other : &tables.pt;

        assert_ok(pt_map(owner, model[i].va, i * PAGE_SIZE, ARCH_MAP_USER));
    }
    for (uint32_t i = 0; i < PAGES; i++) {
        struct pt_leaf leaf;

        assert_ok(pt_walk(i % 2 ? &other : &tables.pt, model[i].va, &leaf));
        assert_true(leaf.pa == i * PAGE_SIZE);
        assert_status(pt_walk(i % 2 ? &tables.pt : &other, model[i].va, &leaf), ERR_NOT_FOUND);
    }
    pt_destroy_user(&other);
    pt_destroy_user(&tables.pt);
    tables_free(other.root);
    assert_int_equal(tables.live, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(random_sequences_agree_with_an_array, tables_setup),
        cmocka_unit_test_setup(failed_maps_change_nothing, tables_setup),
        cmocka_unit_test_setup(two_trees_do_not_mix, tables_setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
