/* SPDX-License-Identifier: MIT */
/* The rules of base/pagetable.h, over the format of the linked ISA. */
#include "tables.h"

#include <support/unit.h>

#include <string.h>

#define RW     (ARCH_MAP_USER | ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE)
#define RX     ARCH_MAP_USER
#define RO     (ARCH_MAP_USER | ARCH_MAP_NO_EXECUTE)
#define VA     UINT64_C(0x40100000)
#define PA     UINT64_C(0x48000000)
#define KERNEL (~isa_pt_format.user_top)

static const struct pt *const pt = &tables.pt;

static void expect_page(vaddr_t va, paddr_t pa, uint32_t flags)
{
    struct pt_leaf leaf;

    assert_ok(pt_walk(pt, va, &leaf));
    assert_true(leaf.pa == pa);
    assert_int_equal(leaf.flags, flags | ARCH_MAP_PRESENT);
    assert_int_equal(leaf.level, 0);
}

static void expect_nothing(vaddr_t va)
{
    struct pt_leaf leaf;

    assert_status(pt_walk(pt, va, &leaf), ERR_NOT_FOUND);
}

/* ---- indices ---- */

static void span_of_each_level(void **state)
{
    (void)state;
    assert_true(pt_span(0) == 4096);
    for (uint32_t level = 1; level < PT_LEVELS_MAX; level++)
        assert_true(pt_span(level) == pt_span(level - 1) * PT_ENTRIES);
}

static void index_is_nine_bits_of_the_address(void **state)
{
    (void)state;
    for (uint32_t level = 0; level < PT_LEVELS_MAX; level++) {
        for (uint32_t bit = 0; bit < 64; bit++) {
            uint32_t expected = bit >= 12 + 9 * level && bit < 21 + 9 * level ? 1u << (bit - 12 - 9 * level) : 0;

            assert_int_equal(pt_index(UINT64_C(1) << bit, level), expected);
        }
        assert_int_equal(pt_index(UINT64_MAX, level), PT_ENTRIES - 1);
    }
}

static void indices_add_up_to_the_page(void **state)
{
    const vaddr_t va = UINT64_C(0x123456789000);
    vaddr_t sum = 0;

    (void)state;
    for (uint32_t level = 0; level < PT_LEVELS_MAX; level++)
        sum += pt_index(va, level) * pt_span(level);
    assert_true(sum == va);
}

/* ---- the user half ---- */

static void map_and_walk(void **state)
{
    (void)state;
    assert_ok(pt_map(pt, VA, PA, RW));
    expect_page(VA, PA, RW);
}

static void walk_keeps_the_offset_in_the_page(void **state)
{
    (void)state;
    assert_ok(pt_map(pt, VA, PA, RW));
    expect_page(VA + 0xABC, PA + 0xABC, RW);
    expect_page(VA + 0xFFF, PA + 0xFFF, RW);
    expect_nothing(VA + 0x1000);
    expect_nothing(VA - 1);
}

static void every_combination_of_flags_comes_back(void **state)
{
    vaddr_t va = VA;

    (void)state;
    for (uint32_t flags = 0; flags < 32; flags += 2, va += PAGE_SIZE) {
        if ((flags & ARCH_MAP_WRITABLE) && !(flags & ARCH_MAP_NO_EXECUTE))
            continue;
        assert_ok(pt_map(pt, va, PA, flags));
        expect_page(va, PA, flags);
    }
}

static void present_is_implied(void **state)
{
    (void)state;
    assert_ok(pt_map(pt, VA, PA, RX | ARCH_MAP_PRESENT));
    expect_page(VA, PA, RX);
}

static void a_map_takes_one_table_per_level(void **state)
{
    (void)state;
    assert_ok(pt_map(pt, VA, PA, RW));
    assert_int_equal(tables.live, isa_pt_format.levels);
    assert_ok(pt_map(pt, VA + PAGE_SIZE, PA, RW));
    assert_int_equal(tables.live, isa_pt_format.levels);
}

static void a_map_takes_only_the_missing_tables(void **state)
{
    (void)state;
    assert_ok(pt_map(pt, 0, PA, RW));
    assert_ok(pt_map(pt, pt_span(1), PA, RW)); /* another table of pages */
    assert_int_equal(tables.live, isa_pt_format.levels + 1);
    assert_ok(pt_map(pt, pt_span(2), PA, RW)); /* and two more */
    assert_int_equal(tables.live, isa_pt_format.levels + 3);
}

static void neighbours_do_not_disturb_each_other(void **state)
{
    (void)state;
    for (uint32_t level = 0; level < isa_pt_format.levels; level++)
        assert_ok(pt_map(pt, pt_span(level), PA + level * PAGE_SIZE, level % 2 ? RW : RX));
    for (uint32_t level = 0; level < isa_pt_format.levels; level++)
        expect_page(pt_span(level), PA + level * PAGE_SIZE, level % 2 ? RW : RX);
    expect_nothing(0);
}

static void two_addresses_of_one_page(void **state)
{
    (void)state;
    assert_ok(pt_map(pt, VA, PA, RX));
    assert_ok(pt_map(pt, VA + PAGE_SIZE, PA, RW));
    expect_page(VA, PA, RX);
    expect_page(VA + PAGE_SIZE, PA, RW);
}

static void first_and_last_user_page(void **state)
{
    const vaddr_t last = isa_pt_format.user_top - PAGE_SIZE + 1;

    (void)state;
    assert_ok(pt_map(pt, 0, PA, RO));
    assert_ok(pt_map(pt, last, PA + PAGE_SIZE, RO));
    expect_page(0, PA, RO);
    expect_page(isa_pt_format.user_top, PA + 2 * PAGE_SIZE - 1, RO);
}

static void highest_physical_page(void **state)
{
    const paddr_t high = UINT64_C(0x0000FFFFFFFFF000);

    (void)state;
    assert_ok(pt_map(pt, VA, high, RO));
    expect_page(VA, high, RO);
}

static void map_refuses_an_unaligned_address(void **state)
{
    (void)state;
    tables_remember();
    assert_status(pt_map(pt, VA + 1, PA, RW), ERR_INVALID_ARGS);
    assert_status(pt_map(pt, VA + 0x800, PA, RW), ERR_INVALID_ARGS);
    assert_true(tables_unchanged());
}

static void map_refuses_an_unaligned_page(void **state)
{
    (void)state;
    tables_remember();
    assert_status(pt_map(pt, VA, PA + 1, RW), ERR_INVALID_ARGS);
    assert_status(pt_map(pt, VA, PA + 0x800, RW), ERR_INVALID_ARGS);
    assert_true(tables_unchanged());
}

static void map_refuses_what_is_not_the_user_half(void **state)
{
    (void)state;
    tables_remember();
    assert_status(pt_map(pt, isa_pt_format.user_top + 1, PA, RW), ERR_INVALID_ARGS);
    assert_status(pt_map(pt, KERNEL, PA, RW), ERR_INVALID_ARGS);
    assert_status(pt_map(pt, UINT64_MAX - PAGE_SIZE + 1, PA, RW), ERR_INVALID_ARGS);
    assert_true(tables_unchanged());
}

static void map_refuses_writable_and_executable(void **state)
{
    (void)state;
    tables_remember();
    assert_status(pt_map(pt, VA, PA, ARCH_MAP_WRITABLE), ERR_INVALID_ARGS);
    assert_status(pt_map(pt, VA, PA, ARCH_MAP_WRITABLE | ARCH_MAP_USER), ERR_INVALID_ARGS);
    assert_status(pt_map(pt, VA, PA, ARCH_MAP_WRITABLE | ARCH_MAP_NOCACHE), ERR_INVALID_ARGS);
    assert_true(tables_unchanged());
}

static void map_refuses_a_mapped_address(void **state)
{
    (void)state;
    assert_ok(pt_map(pt, VA, PA, RX));
    tables_remember();
    assert_status(pt_map(pt, VA, PA, RX), ERR_ALREADY_EXISTS);
    assert_status(pt_map(pt, VA, PA + PAGE_SIZE, RW), ERR_ALREADY_EXISTS);
    assert_true(tables_unchanged());
}

/* With room for 0, 1, ... tables too few: nothing is kept, and the entry that would lead to them is not written. */
static void map_without_memory_changes_nothing(void **state)
{
    for (uint32_t missing = 1; missing < isa_pt_format.levels; missing++) {
        uint64_t root[PT_ENTRIES];

        tables_setup(state);
        memcpy(root, tables.memory[0], sizeof(root));
        tables.limit = isa_pt_format.levels - missing;
        assert_status(pt_map(pt, VA, PA, RW), ERR_NO_MEMORY);
        assert_int_equal(tables.live, 1);
        assert_memory_equal(root, tables.memory[0], sizeof(root));
        tables.limit = isa_pt_format.levels;
        assert_ok(pt_map(pt, VA, PA, RW));
    }
}

static void map_in_existing_tables_needs_no_memory(void **state)
{
    (void)state;
    assert_ok(pt_map(pt, VA, PA, RW));
    tables.limit = tables.live;
    assert_ok(pt_map(pt, VA + PAGE_SIZE, PA, RW));
}

static void unmap_removes_one_page(void **state)
{
    (void)state;
    assert_ok(pt_map(pt, VA, PA, RW));
    assert_ok(pt_map(pt, VA + PAGE_SIZE, PA, RW));
    assert_ok(pt_unmap(pt, VA));
    expect_nothing(VA);
    expect_page(VA + PAGE_SIZE, PA, RW);
}

static void unmap_leaves_a_zero_entry(void **state)
{
    struct tables before;

    (void)state;
    assert_ok(pt_map(pt, VA + PAGE_SIZE, PA, RW)); /* the tables are there */
    memcpy(&before, &tables, sizeof(before));
    assert_ok(pt_map(pt, VA, PA, RW));
    assert_ok(pt_unmap(pt, VA));
    assert_memory_equal(&before, &tables, sizeof(before));
}

static void unmap_keeps_the_tables(void **state)
{
    (void)state;
    assert_ok(pt_map(pt, VA, PA, RW));
    assert_ok(pt_unmap(pt, VA));
    assert_int_equal(tables.live, isa_pt_format.levels);
}

static void unmap_of_nothing(void **state)
{
    (void)state;
    assert_status(pt_unmap(pt, VA), ERR_NOT_FOUND); /* no table */
    assert_ok(pt_map(pt, VA, PA, RW));
    assert_status(pt_unmap(pt, VA + PAGE_SIZE), ERR_NOT_FOUND); /* no page */
    assert_ok(pt_unmap(pt, VA));
    assert_status(pt_unmap(pt, VA), ERR_NOT_FOUND); /* no longer */
}

static void unmap_refuses_bad_addresses(void **state)
{
    (void)state;
    assert_ok(pt_map(pt, VA, PA, RW));
    assert_status(pt_unmap(pt, VA + 1), ERR_INVALID_ARGS);
    assert_status(pt_unmap(pt, KERNEL), ERR_INVALID_ARGS);
    assert_status(pt_unmap(pt, isa_pt_format.user_top + 1), ERR_INVALID_ARGS);
    expect_page(VA, PA, RW);
}

static void map_again_after_unmap(void **state)
{
    (void)state;
    assert_ok(pt_map(pt, VA, PA, RW));
    assert_ok(pt_unmap(pt, VA));
    assert_ok(pt_map(pt, VA, PA + PAGE_SIZE, RX));
    expect_page(VA, PA + PAGE_SIZE, RX);
}

static void protect_replaces_flags_and_keeps_the_page(void **state)
{
    (void)state;
    assert_ok(pt_map(pt, VA, PA, RW));
    assert_ok(pt_protect(pt, VA, RX));
    expect_page(VA, PA, RX);
    assert_ok(pt_protect(pt, VA, RO | ARCH_MAP_NOCACHE));
    expect_page(VA, PA, RO | ARCH_MAP_NOCACHE);
}

static void protect_refuses_writable_and_executable(void **state)
{
    (void)state;
    assert_ok(pt_map(pt, VA, PA, RX));
    assert_status(pt_protect(pt, VA, RX | ARCH_MAP_WRITABLE), ERR_INVALID_ARGS);
    expect_page(VA, PA, RX);
}

static void protect_of_nothing(void **state)
{
    (void)state;
    assert_status(pt_protect(pt, VA, RX), ERR_NOT_FOUND);
    assert_ok(pt_map(pt, VA, PA, RX));
    assert_status(pt_protect(pt, VA + PAGE_SIZE, RX), ERR_NOT_FOUND);
}

static void protect_refuses_bad_addresses(void **state)
{
    (void)state;
    assert_ok(pt_map(pt, VA, PA, RX));
    assert_status(pt_protect(pt, VA + 0x10, RO), ERR_INVALID_ARGS);
    assert_status(pt_protect(pt, KERNEL, RO), ERR_INVALID_ARGS);
    expect_page(VA, PA, RX);
}

static void walk_outside_both_halves(void **state)
{
    (void)state;
    assert_ok(pt_map(pt, 0, PA, RW));
    expect_nothing(isa_pt_format.user_top + 1);
    expect_nothing(KERNEL - 1);
    expect_nothing(KERNEL - PAGE_SIZE);
}

/* ---- the kernel half ---- */

#define KRW (ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE)

static void kernel_block_of_every_level(void **state)
{
    for (uint32_t level = 0; level <= isa_pt_format.block_level; level++) {
        const paddr_t pa = pt_span(level) * 3;
        struct pt_leaf leaf;

        tables_setup(state);
        assert_ok(pt_map_kernel(pt, KERNEL, pa, KRW, level));
        assert_int_equal(tables.live, isa_pt_format.levels - level);
        assert_ok(pt_walk(pt, KERNEL + pt_span(level) - 1, &leaf));
        assert_true(leaf.pa == pa + pt_span(level) - 1);
        assert_int_equal(leaf.flags, KRW | ARCH_MAP_PRESENT);
        assert_int_equal(leaf.level, level);
        expect_nothing(KERNEL + pt_span(level));
    }
}

static void kernel_code_and_data(void **state)
{
    struct pt_leaf leaf;

    (void)state;
    assert_ok(pt_map_kernel(pt, KERNEL, 0, 0, 1));
    assert_ok(pt_map_kernel(pt, KERNEL + pt_span(1), pt_span(1), KRW, 1));
    assert_ok(pt_walk(pt, KERNEL, &leaf));
    assert_int_equal(leaf.flags, ARCH_MAP_PRESENT);
    assert_ok(pt_walk(pt, KERNEL + pt_span(1), &leaf));
    assert_int_equal(leaf.flags, KRW | ARCH_MAP_PRESENT);
}

static void last_kernel_page(void **state)
{
    struct pt_leaf leaf;

    (void)state;
    assert_ok(pt_map_kernel(pt, UINT64_MAX - PAGE_SIZE + 1, PA, KRW, 0));
    assert_ok(pt_walk(pt, UINT64_MAX, &leaf));
    assert_true(leaf.pa == PA + PAGE_SIZE - 1);
}

static void kernel_map_refuses_the_user_half(void **state)
{
    (void)state;
    assert_status(pt_map_kernel(pt, VA, PA, KRW, 0), ERR_INVALID_ARGS);
    assert_status(pt_map_kernel(pt, KERNEL - PAGE_SIZE, PA, KRW, 0), ERR_INVALID_ARGS);
    assert_int_equal(tables.live, 1);
}

static void kernel_map_refuses_user_rights(void **state)
{
    (void)state;
    assert_status(pt_map_kernel(pt, KERNEL, PA, KRW | ARCH_MAP_USER, 0), ERR_INVALID_ARGS);
    assert_int_equal(tables.live, 1);
}

static void kernel_map_refuses_writable_and_executable(void **state)
{
    (void)state;
    assert_status(pt_map_kernel(pt, KERNEL, PA, ARCH_MAP_WRITABLE, 0), ERR_INVALID_ARGS);
    assert_int_equal(tables.live, 1);
}

static void kernel_map_refuses_unaligned_blocks(void **state)
{
    (void)state;
    for (uint32_t level = 0; level <= isa_pt_format.block_level; level++) {
        assert_status(pt_map_kernel(pt, KERNEL + pt_span(level) / 2, 0, KRW, level), ERR_INVALID_ARGS);
        assert_status(pt_map_kernel(pt, KERNEL, pt_span(level) / 2, KRW, level), ERR_INVALID_ARGS);
    }
    assert_int_equal(tables.live, 1);
}

static void kernel_map_refuses_levels_without_blocks(void **state)
{
    (void)state;
    for (uint32_t level = isa_pt_format.block_level + 1; level < PT_LEVELS_MAX + 2; level++)
        assert_status(pt_map_kernel(pt, KERNEL, 0, KRW, level), ERR_INVALID_ARGS);
    assert_int_equal(tables.live, 1);
}

static void kernel_map_refuses_what_is_mapped(void **state)
{
    (void)state;
    assert_ok(pt_map_kernel(pt, KERNEL, 0, KRW, 1));
    assert_status(pt_map_kernel(pt, KERNEL, 0, KRW, 1), ERR_ALREADY_EXISTS);
    assert_status(pt_map_kernel(pt, KERNEL + PAGE_SIZE, 0, KRW, 0), ERR_ALREADY_EXISTS); /* inside the block */
    assert_status(pt_map_kernel(pt, KERNEL, 0, KRW, 2), ERR_ALREADY_EXISTS);             /* over the table */
}

/* ---- destruction ---- */

static void destroy_frees_every_user_table(void **state)
{
    (void)state;
    for (uint32_t level = 0; level < isa_pt_format.levels; level++) {
        for (uint32_t i = 1; i < 6; i++)
            assert_ok(pt_map(pt, i * pt_span(level) + level * 64 * PAGE_SIZE, PA, RW));
    }
    assert_ok(pt_map(pt, isa_pt_format.user_top - PAGE_SIZE + 1, PA, RW));
    pt_destroy_user(pt);
    assert_int_equal(tables.live, 1);
    for (uint32_t i = 0; i < PT_ENTRIES; i++)
        assert_true(tables.memory[0][i] == 0);
}

static void destroy_of_an_empty_tree(void **state)
{
    (void)state;
    pt_destroy_user(pt);
    assert_int_equal(tables.live, 1);
}

static void destroyed_tree_can_be_used_again(void **state)
{
    (void)state;
    assert_ok(pt_map(pt, VA, PA, RW));
    pt_destroy_user(pt);
    expect_nothing(VA);
    assert_ok(pt_map(pt, VA, PA, RX));
    expect_page(VA, PA, RX);
}

/* Where one root holds both halves, the kernel's tables belong to every space. */
static void destroy_spares_the_kernel_half(void **state)
{
    struct pt_leaf leaf;

    (void)state;
    if (pt_index(isa_pt_format.user_top, isa_pt_format.levels - 1) == PT_ENTRIES - 1)
        return; /* the kernel half has a root of its own */
    assert_ok(pt_map_kernel(pt, KERNEL, PA, KRW, 0));
    assert_ok(pt_map(pt, VA, PA, RW));
    pt_destroy_user(pt);
    assert_int_equal(tables.live, isa_pt_format.levels);
    assert_ok(pt_walk(pt, KERNEL, &leaf));
    assert_true(leaf.pa == PA);
}

static void ten_thousand_cycles_leak_nothing(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 10000; i++) {
        assert_ok(pt_map(pt, VA + i % 64 * PAGE_SIZE, PA, RW));
        assert_ok(pt_map(pt, pt_span(2) * (i % 200), PA, RX));
        pt_destroy_user(pt);
        assert_int_equal(tables.live, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(span_of_each_level, tables_setup),
        cmocka_unit_test_setup(index_is_nine_bits_of_the_address, tables_setup),
        cmocka_unit_test_setup(indices_add_up_to_the_page, tables_setup),
        cmocka_unit_test_setup(map_and_walk, tables_setup),
        cmocka_unit_test_setup(walk_keeps_the_offset_in_the_page, tables_setup),
        cmocka_unit_test_setup(every_combination_of_flags_comes_back, tables_setup),
        cmocka_unit_test_setup(present_is_implied, tables_setup),
        cmocka_unit_test_setup(a_map_takes_one_table_per_level, tables_setup),
        cmocka_unit_test_setup(a_map_takes_only_the_missing_tables, tables_setup),
        cmocka_unit_test_setup(neighbours_do_not_disturb_each_other, tables_setup),
        cmocka_unit_test_setup(two_addresses_of_one_page, tables_setup),
        cmocka_unit_test_setup(first_and_last_user_page, tables_setup),
        cmocka_unit_test_setup(highest_physical_page, tables_setup),
        cmocka_unit_test_setup(map_refuses_an_unaligned_address, tables_setup),
        cmocka_unit_test_setup(map_refuses_an_unaligned_page, tables_setup),
        cmocka_unit_test_setup(map_refuses_what_is_not_the_user_half, tables_setup),
        cmocka_unit_test_setup(map_refuses_writable_and_executable, tables_setup),
        cmocka_unit_test_setup(map_refuses_a_mapped_address, tables_setup),
        cmocka_unit_test_setup(map_without_memory_changes_nothing, tables_setup),
        cmocka_unit_test_setup(map_in_existing_tables_needs_no_memory, tables_setup),
        cmocka_unit_test_setup(unmap_removes_one_page, tables_setup),
        cmocka_unit_test_setup(unmap_leaves_a_zero_entry, tables_setup),
        cmocka_unit_test_setup(unmap_keeps_the_tables, tables_setup),
        cmocka_unit_test_setup(unmap_of_nothing, tables_setup),
        cmocka_unit_test_setup(unmap_refuses_bad_addresses, tables_setup),
        cmocka_unit_test_setup(map_again_after_unmap, tables_setup),
        cmocka_unit_test_setup(protect_replaces_flags_and_keeps_the_page, tables_setup),
        cmocka_unit_test_setup(protect_refuses_writable_and_executable, tables_setup),
        cmocka_unit_test_setup(protect_of_nothing, tables_setup),
        cmocka_unit_test_setup(protect_refuses_bad_addresses, tables_setup),
        cmocka_unit_test_setup(walk_outside_both_halves, tables_setup),
        cmocka_unit_test_setup(kernel_block_of_every_level, tables_setup),
        cmocka_unit_test_setup(kernel_code_and_data, tables_setup),
        cmocka_unit_test_setup(last_kernel_page, tables_setup),
        cmocka_unit_test_setup(kernel_map_refuses_the_user_half, tables_setup),
        cmocka_unit_test_setup(kernel_map_refuses_user_rights, tables_setup),
        cmocka_unit_test_setup(kernel_map_refuses_writable_and_executable, tables_setup),
        cmocka_unit_test_setup(kernel_map_refuses_unaligned_blocks, tables_setup),
        cmocka_unit_test_setup(kernel_map_refuses_levels_without_blocks, tables_setup),
        cmocka_unit_test_setup(kernel_map_refuses_what_is_mapped, tables_setup),
        cmocka_unit_test_setup(destroy_frees_every_user_table, tables_setup),
        cmocka_unit_test_setup(destroy_of_an_empty_tree, tables_setup),
        cmocka_unit_test_setup(destroyed_tree_can_be_used_again, tables_setup),
        cmocka_unit_test_setup(destroy_spares_the_kernel_half, tables_setup),
        cmocka_unit_test_setup(ten_thousand_cycles_leak_nothing, tables_setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
