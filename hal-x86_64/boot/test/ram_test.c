/* SPDX-License-Identifier: MIT */
#include <support/unit.h>

#include <x86/bytes.h>
#include <x86/ram.h>

static struct ram ram;

static int begin(void **state)
{
    (void)state;
    ram = (struct ram){.count = 0, .claimed_limit = 0xFEC00000};
    return 0;
}

static void expect(uint32_t at, paddr_t base, paddr_t end)
{
    assert_true(at < ram.count);
    assert_int_equal(ram.range[at].base, base);
    assert_int_equal(ram.range[at].end, end);
}

TEST(ranges_shrink_to_whole_pages)
{
    ram_add(&ram, 0x1001, 0x3FFF);
    assert_int_equal(ram.count, 1);
    expect(0, 0x2000, 0x3000);
    ram_add(&ram, 0x5001, 0x5FFF);
    assert_int_equal(ram.count, 1);
}

TEST(ranges_are_sorted_and_joined)
{
    ram_add(&ram, 0x8000, 0x9000);
    ram_add(&ram, 0x1000, 0x2000);
    ram_add(&ram, 0x4000, 0x6000);
    assert_int_equal(ram.count, 3);
    ram_add(&ram, 0x2000, 0x4000); /* touches two */
    assert_int_equal(ram.count, 2);
    expect(0, 0x1000, 0x6000);
    ram_add(&ram, 0x5000, 0xA000); /* overlaps both */
    assert_int_equal(ram.count, 1);
    expect(0, 0x1000, 0xA000);
    assert_int_equal(ram_bytes(&ram), 0x9000);
}

TEST(cuts_take_whole_pages)
{
    ram_add(&ram, 0, 0x10000);
    ram_cut(&ram, 0x3FFF, 0x5001);
    assert_int_equal(ram.count, 2);
    expect(0, 0, 0x3000);
    expect(1, 0x6000, 0x10000);
    ram_cut(&ram, 0, 0x1000);
    expect(0, 0x1000, 0x3000);
    ram_cut(&ram, 0xF000, UINT64_MAX);
    expect(1, 0x6000, 0xF000);
    ram_cut(&ram, 0x2000, 0x2000); /* nothing */
    assert_int_equal(ram.count, 2);
    ram_cut(&ram, 0, 0x10000);
    assert_int_equal(ram.count, 0);
}

TEST(ends_of_the_address_space)
{
    ram_add(&ram, RAM_END - 0x1000, UINT64_MAX);
    expect(0, RAM_END - 0x1000, RAM_END);
    ram_add(&ram, RAM_END, UINT64_MAX);
    ram_add(&ram, UINT64_MAX - 1, UINT64_MAX);
    assert_int_equal(ram.count, 1);
    ram_cut(&ram, UINT64_MAX - 1, UINT64_MAX);
    assert_int_equal(ram.count, 1);
}

TEST(the_smallest_give_way)
{
    for (uint32_t i = 0; i < RAM_RANGES_MAX; i++)
        ram_add(&ram, 0x100000 * (i + 1), 0x100000 * (i + 1) + 0x2000);
    ram_add(&ram, 0x1000, 0x2000); /* smaller than all: no room */
    assert_int_equal(ram.count, RAM_RANGES_MAX);
    expect(0, 0x100000, 0x102000);
    ram_add(&ram, 0x40000000, 0x50000000);
    assert_int_equal(ram.count, RAM_RANGES_MAX);
    expect(RAM_RANGES_MAX - 1, 0x40000000, 0x50000000);
}

TEST(low_memory_survives_shrinking)
{
    ram_add(&ram, 0x0, 0x1000);
    ram_add(&ram, 0x100000, 0x200000);
    ram_add(&ram, 0x300000, 0x301000);
    ram_add(&ram, 0x400000, 0x500000);
    ram_shrink(&ram, 3);
    assert_int_equal(ram.count, 3);
    expect(0, 0, 0x1000);
    expect(1, 0x100000, 0x200000);
    ram_shrink(&ram, 1);
    expect(0, 0, 0x1000);
    assert_true(ram_has(&ram, 0, 0x1000) && !ram_has(&ram, 0, 0x1001) && !ram_has(&ram, 0, 0));
}

static void entry(uint8_t *p, uint64_t base, uint64_t size, uint32_t type)
{
    for (uint32_t i = 0; i < 8; i++) {
        p[i] = (uint8_t)(base >> 8 * i);
        p[8 + i] = (uint8_t)(size >> 8 * i);
    }
    for (uint32_t i = 0; i < 4; i++)
        p[16 + i] = (uint8_t)(type >> 8 * i);
}

TEST(reserved_wins_over_usable)
{
    uint8_t map[4][24] = {{0}};
    entry(map[0], 0x5000, 0x1000, 2);
    entry(map[1], 0, 0x10000, 1);
    entry(map[2], 0x8000, UINT64_MAX, 3); /* wraps around: to the end */
    entry(map[3], 0xFEC01000, 0x1000, 2); /* above the limit: claims nothing */
    ram_read_e820(&ram, map[0], 4, 24);
    assert_int_equal(ram.count, 2);
    expect(0, 0, 0x5000);
    expect(1, 0x6000, 0x8000);
    assert_int_equal(ram.claimed_end, UINT64_MAX);
}

TEST(claims_end_with_the_highest_entry_below_the_limit)
{
    uint8_t map[3][24] = {{0}};
    entry(map[0], 0, 0x10000000, 1);
    entry(map[1], 0xB0000000, 0x10000000, 2);
    entry(map[2], 0xFEFFC000, 0x4000, 2);
    ram_read_e820(&ram, map[0], 3, 24);
    assert_int_equal(ram.claimed_end, 0xC0000000);
    ram_read_e820(&ram, map[0], 3, 19); /* entries that are none */
    assert_int_equal(ram.count, 1);
}

static void efi(uint8_t *p, uint32_t type, uint64_t base, uint64_t pages)
{
    p[0] = (uint8_t)type;
    for (uint32_t i = 0; i < 8; i++) {
        p[8 + i] = (uint8_t)(base >> 8 * i);
        p[24 + i] = (uint8_t)(pages >> 8 * i);
    }
}

TEST(efi_types)
{
    uint8_t map[8][48] = {{0}};
    for (uint32_t type = 0; type < 8; type++) /* only 1-4 and 7 are free after boot services */
        efi(map[type], type, 0x10000 * type, 16);
    ram_read_efi(&ram, map[0], 8, 48);
    assert_int_equal(ram.count, 2);
    expect(0, 0x10000, 0x50000);
    expect(1, 0x70000, 0x80000);
    efi(map[0], 5, 0, UINT64_MAX); /* runtime code everywhere */
    ram_read_efi(&ram, map[0], 1, 48);
    assert_int_equal(ram.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(ranges_shrink_to_whole_pages, begin),
        cmocka_unit_test_setup(ranges_are_sorted_and_joined, begin),
        cmocka_unit_test_setup(cuts_take_whole_pages, begin),
        cmocka_unit_test_setup(ends_of_the_address_space, begin),
        cmocka_unit_test_setup(the_smallest_give_way, begin),
        cmocka_unit_test_setup(low_memory_survives_shrinking, begin),
        cmocka_unit_test_setup(reserved_wins_over_usable, begin),
        cmocka_unit_test_setup(claims_end_with_the_highest_entry_below_the_limit, begin),
        cmocka_unit_test_setup(efi_types, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
