/* SPDX-License-Identifier: MIT */
/* The kernel half: which RAM and devices it takes, and that every page of it has the rights of what it holds. */
#include "fake.h"

#include <arch/memory.h>

#define MIB 0x100000ull
#define GIB 0x40000000ull
#define FAR 0x100000000000ull /* RAM that the host does not have: only tables are touched */

static paddr_t image_page(uint32_t index)
{
    return hal_image_phys(image_start) + index * PAGE_SIZE;
}

static void add_image_ram(void)
{
    struct hal_range ram = fake_image_ram();

    assert_int_equal(hal_map_add_ram(ram.base, ram.size), STATUS_OK);
}

/* What the tables say of the kernel's address of `pa`; flags 0: not mapped. */
static struct pt_leaf leaf_of(paddr_t pa)
{
    struct pt_leaf leaf = {.flags = 0};

    if (hal_map_walk(ARCH_KERNEL_VBASE + pa, &leaf) != STATUS_OK)
        return (struct pt_leaf){.flags = 0};
    assert_int_equal(leaf.pa, pa);
    return leaf;
}

static bool has_rights(paddr_t pa, uint32_t rights)
{
    return leaf_of(pa).flags == (rights | ARCH_MAP_PRESENT);
}

#define RW (ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE)
#define DEVICE (RW | ARCH_MAP_NOCACHE)

/* -- RAM -- */

TEST(partial_pages_are_left_out)
{
    assert_int_equal(hal_map_add_ram(0x10800, 0x2000), STATUS_OK);
    assert_int_equal(hal_map.ram_count, 1);
    assert_int_equal(hal_map.ram[0].base, 0x11000);
    assert_int_equal(hal_map.ram[0].size, 0x1000);
    assert_int_equal(hal_map_add_ram(0x20001, 0xFFE), STATUS_OK); /* not one whole page */
    assert_int_equal(hal_map_add_ram(0x30FFF, 1), STATUS_OK);
    assert_int_equal(hal_map_add_ram(0x40000, 0), STATUS_OK);
    assert_int_equal(hal_map.ram_count, 1);
}

TEST(ranges_are_sorted_and_joined)
{
    assert_int_equal(hal_map_add_ram(0x30000, 0x1000), STATUS_OK);
    assert_int_equal(hal_map_add_ram(0x10000, 0x1000), STATUS_OK);
    assert_int_equal(hal_map_add_ram(0x11000, 0x1000), STATUS_OK); /* touches the end of another */
    assert_int_equal(hal_map.ram_count, 2);
    assert_int_equal(hal_map.ram[0].base, 0x10000);
    assert_int_equal(hal_map.ram[0].size, 0x2000);
    assert_int_equal(hal_map.ram[1].base, 0x30000);
}

TEST(overlaps_and_wraps_are_refused)
{
    assert_int_equal(hal_map_add_ram(0x10000, 0x4000), STATUS_OK);
    assert_int_equal(hal_map_add_ram(0x13000, 0x4000), ERR_INVALID_ARGS);
    assert_int_equal(hal_map_add_ram(0x0, 0x11000), ERR_INVALID_ARGS);
    assert_int_equal(hal_map_add_ram(0x11000, 0x1000), ERR_INVALID_ARGS);
    assert_int_equal(hal_map_add_ram(~0xFFFull, 0x2000), ERR_INVALID_ARGS);
    assert_int_equal(hal_map.ram_count, 1);
}

TEST(too_many_ranges_are_told)
{
    for (uint32_t i = 0; i < HAL_RAM_RANGES_MAX; i++)
        assert_int_equal(hal_map_add_ram(0x10000 + i * 0x10000ull, 0x1000), STATUS_OK);
    assert_int_equal(hal_map_add_ram(0x1000000, 0x1000), ERR_OUT_OF_RANGE);
    assert_int_equal(hal_map.ram_count, HAL_RAM_RANGES_MAX);
    assert_int_equal(hal_map_add_ram(0x11000, 0x1000), STATUS_OK); /* joining needs no room */
}

TEST(pointers_lead_to_ram_and_back)
{
    add_image_ram();
    assert_int_equal(hal_map_add_ram(FAR, 64 * MIB), STATUS_OK);
    assert_int_equal(hal_map_add_ram(FAR + GIB, 2 * MIB), STATUS_OK);
    (void)hal_map_build(2);
    hal_map.framebuffer = (struct hal_range){FAR + 4 * GIB, 0x1800};
    assert_ptr_equal(arch_phys_ptr(FAR), hal_direct(FAR));
    assert_ptr_equal(arch_phys_ptr(FAR + GIB + 2 * MIB - 1), hal_direct(FAR + GIB + 2 * MIB - 1));
    assert_ptr_equal(arch_phys_ptr(FAR + 4 * GIB + 0x17FF), hal_direct(FAR + 4 * GIB + 0x17FF));
    assert_null(arch_phys_ptr(FAR - 1));
    assert_null(arch_phys_ptr(FAR + 64 * MIB));
    assert_null(arch_phys_ptr(FAR + 4 * GIB + 0x1800));
    assert_null(arch_phys_ptr(~0ull));
    assert_int_equal(arch_ptr_phys(hal_direct(FAR + 5)), FAR + 5);
    assert_int_equal(arch_ptr_phys(hal_direct(FAR + 4 * GIB)), 0);
    assert_int_equal(arch_ptr_phys(NULL), 0);
}

/* -- Devices -- */

TEST(windows_end_where_they_end)
{
    hal_map_add_device(FAR, 0x2000);
    hal_map_add_device(FAR + GIB, 0x1000);
    assert_ptr_equal(hal_map_device(FAR, 4), hal_direct(FAR));
    assert_ptr_equal(hal_map_device(FAR + 0x1FFC, 4), hal_direct(FAR + 0x1FFC));
    assert_ptr_equal(hal_map_device(FAR + GIB + 0xFFF, 1), hal_direct(FAR + GIB + 0xFFF));
    assert_null(hal_map_device(FAR + 0x1FFD, 4));
    assert_null(hal_map_device(FAR - 1, 1));
    assert_null(hal_map_device(FAR + 0x2000, 1));
    assert_null(hal_map_device(~0ull, 4));
}

TEST(too_many_windows_are_a_panic)
{
    for (uint32_t i = 0; i < HAL_DEVICE_RANGES_MAX; i++)
        hal_map_add_device(FAR + i * 0x1000ull, 0x1000);
    assert_panics_with(hal_map_add_device(FAR + GIB, 0x1000), "boot: more device windows than supported");
}

/* -- Tables -- */

TEST(every_part_of_the_image_has_its_rights)
{
    uint32_t data = IMAGE_TEXT_PAGES + IMAGE_RODATA_PAGES;

    add_image_ram();
    paddr_t root = hal_map_build(2);
    assert_int_equal(root, hal_map.root);
    for (uint32_t i = 0; i < IMAGE_PAGES; i++) {
        paddr_t pa = image_page(i);
        uint32_t rights = i < IMAGE_TEXT_PAGES ? 0 : i < data ? ARCH_MAP_NO_EXECUTE : RW;
        if (pa == fake_guard(0) || pa == fake_guard(1))
            assert_int_equal(leaf_of(pa).flags, 0);
        else
            assert_true(has_rights(pa, rights));
    }
    assert_true(has_rights(image_page(0) - 1, RW));
    assert_true(has_rights(image_page(IMAGE_PAGES), RW));
}

TEST(ram_around_the_image_is_all_there)
{
    struct hal_range ram = fake_image_ram();

    add_image_ram();
    assert_int_equal(hal_map_add_ram(FAR + 0x3000, 5 * MIB), STATUS_OK);
    (void)hal_map_build(2);
    for (paddr_t pa = ram.base; pa < ram.base + ram.size; pa += PAGE_SIZE) {
        if (pa < image_page(0) || pa >= image_page(IMAGE_PAGES))
            assert_true(has_rights(pa, RW));
    }
    for (paddr_t pa = FAR + 0x3000; pa < FAR + 0x3000 + 5 * MIB; pa += PAGE_SIZE)
        assert_true(has_rights(pa, RW));
    assert_int_equal(leaf_of(FAR + 0x2FFF).flags, 0);
    assert_int_equal(leaf_of(FAR + 0x3000 + 5 * MIB).flags, 0);
    assert_int_equal(leaf_of(ram.base - 1).flags, 0);
    assert_int_equal(leaf_of(ram.base + ram.size).flags, 0);
}

TEST(leaves_are_as_large_as_allowed)
{
    for (uint32_t level = 0; level <= 2; level++) {
        assert_int_equal(fake_setup(NULL), 0);
        add_image_ram();
        assert_int_equal(hal_map_add_ram(FAR, level == 0 ? 2 * MIB : GIB + 2 * MIB), STATUS_OK);
        (void)hal_map_build(level);
        assert_int_equal(leaf_of(FAR).level, level);
        if (level > 0)
            assert_int_equal(leaf_of(FAR + GIB).level, 1); /* only the rest is smaller */
        assert_int_equal(fake_teardown(NULL), 0);
    }
}

TEST(devices_are_uncached)
{
    add_image_ram();
    hal_map_add_device(FAR, 0x1000);
    hal_map_add_device(FAR + 2 * MIB, 4 * MIB);
    (void)hal_map_build(2);
    assert_true(has_rights(FAR, DEVICE));
    assert_true(has_rights(FAR + 2 * MIB, DEVICE) && has_rights(FAR + 6 * MIB - 1, DEVICE));
    assert_int_equal(leaf_of(FAR + 0x1000).flags, 0);
    assert_int_equal(leaf_of(FAR + 2 * MIB).level, 1);
}

TEST(a_screen_is_mapped_unless_a_window_holds_it)
{
    add_image_ram();
    hal_map.framebuffer = (struct hal_range){FAR + 0x800, 0x1000};
    (void)hal_map_build(2);
    assert_true(has_rights(FAR, DEVICE) && has_rights(FAR + 0x1FFF, DEVICE));
    assert_int_equal(leaf_of(FAR + 0x2000).flags, 0);
    assert_int_equal(fake_teardown(NULL), 0);
    assert_int_equal(fake_setup(NULL), 0);
    add_image_ram();
    hal_map_add_device(FAR, 0x10000);
    hal_map.framebuffer = (struct hal_range){FAR, 0x2000};
    (void)hal_map_build(2); /* a second mapping would be refused */
    assert_true(has_rights(FAR, DEVICE));
}

TEST(a_device_in_ram_is_a_panic)
{
    struct hal_range ram = fake_image_ram();

    add_image_ram();
    hal_map_add_device(ram.base, 0x1000);
    assert_panics_with((void)hal_map_build(2), "boot: the kernel half does not fit together");
}

TEST(scattered_windows_exhaust_the_pool)
{
    add_image_ram();
    for (uint32_t i = 0; i < HAL_DEVICE_RANGES_MAX; i++) /* each needs three tables of its own, at both ends */
        hal_map_add_device(FAR + i * 0x10000000000ull + 0x1000, 2 * GIB);
    assert_panics_with((void)hal_map_build(1), "boot: more memory or device windows than supported");
}

static uint8_t tables[4][PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));

static status_t take_table(void *ctx, paddr_t *out)
{
    uint32_t *used = ctx;

    if (*used == 4)
        return ERR_NO_MEMORY;
    *out = hal_image_phys(tables[(*used)++]);
    return STATUS_OK;
}

static void give_table(void *ctx, paddr_t pa)
{
    (void)ctx;
    (void)pa;
}

/* Their root entry exists since boot, because every space has a copy of it. */
TEST(stack_pages_come_later)
{
    uint32_t used = 0;
    struct frame_source source = {.alloc = take_table, .free = give_table, .ctx = &used};
    struct pt_leaf leaf;

    add_image_ram();
    (void)hal_map_build(2);
    const uint64_t *entry = hal_direct(hal_map.root);
    uint64_t before = entry[pt_index(PORT_KSTACK_VBASE, isa_pt_format.levels - 1)];
    assert_true(isa_pt_format.is_present(before));
    assert_int_equal(hal_map_walk(PORT_KSTACK_VBASE, &leaf), ERR_NOT_FOUND);
    assert_int_equal(hal_map_kernel_page(PORT_KSTACK_VBASE, FAR, &source), STATUS_OK);
    assert_int_equal(hal_map_walk(PORT_KSTACK_VBASE + 8, &leaf), STATUS_OK);
    assert_int_equal(leaf.pa, FAR + 8);
    assert_int_equal(leaf.flags, RW | ARCH_MAP_PRESENT);
    assert_int_equal(entry[pt_index(PORT_KSTACK_VBASE, isa_pt_format.levels - 1)], before);
    used = 4;
    assert_int_equal(hal_map_kernel_page(PORT_KSTACK_VBASE + GIB, FAR, &source), ERR_NO_MEMORY);
}

int main(void)
{
#define WITH_FAKE(test) cmocka_unit_test_setup_teardown(test, fake_setup, fake_teardown)
    const struct CMUnitTest tests[] = {
        WITH_FAKE(partial_pages_are_left_out),
        WITH_FAKE(ranges_are_sorted_and_joined),
        WITH_FAKE(overlaps_and_wraps_are_refused),
        WITH_FAKE(too_many_ranges_are_told),
        WITH_FAKE(pointers_lead_to_ram_and_back),
        WITH_FAKE(windows_end_where_they_end),
        WITH_FAKE(too_many_windows_are_a_panic),
        WITH_FAKE(every_part_of_the_image_has_its_rights),
        WITH_FAKE(ram_around_the_image_is_all_there),
        WITH_FAKE(leaves_are_as_large_as_allowed),
        WITH_FAKE(devices_are_uncached),
        WITH_FAKE(a_screen_is_mapped_unless_a_window_holds_it),
        WITH_FAKE(a_device_in_ram_is_a_panic),
        WITH_FAKE(scattered_windows_exhaust_the_pool),
        WITH_FAKE(stack_pages_come_later),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
