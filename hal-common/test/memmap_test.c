/* SPDX-License-Identifier: MIT */
/* The portable memory map: against a naive one with a cell for every page. */
#include "fake.h"

#include <common/memmap.h>
#include <support/random.h>

#include <string.h>

#define ROOM 32u
#define PAGES 256u

static struct boot_mmap_entry entries[ROOM];

static struct memmap empty(uint32_t room)
{
    memset(entries, 0, sizeof entries);
    return (struct memmap){.entry = entries, .room = room};
}

static bool entry_is(uint32_t i, uint64_t base, uint64_t size, uint32_t type)
{
    return entries[i].base == base && entries[i].size == size && entries[i].type == type;
}

TEST(ranges_are_sorted)
{
    struct memmap map = empty(ROOM);

    assert_int_equal(memmap_add(&map, 0x8000, 0x2000), STATUS_OK);
    assert_int_equal(memmap_add(&map, 0x1000, 0x1000), STATUS_OK);
    assert_int_equal(memmap_add(&map, 0x4000, 0x1000), STATUS_OK);
    assert_int_equal(map.count, 3);
    assert_true(entry_is(0, 0x1000, 0x1000, BOOT_MMAP_USABLE));
    assert_true(entry_is(1, 0x4000, 0x1000, BOOT_MMAP_USABLE));
    assert_true(entry_is(2, 0x8000, 0x2000, BOOT_MMAP_USABLE));
}

TEST(bad_ranges_are_refused)
{
    static const struct {
        uint64_t base, size;
    } bad[] = {{0x1001, 0x1000}, {0x1000, 0x800}, {0x1000, 0}, {~0xFFFull, 0x2000}, {0x9000, 0x1000}, {0x8000, 0x4000},
        {0xA000, 0x1000}, {0x0, 0x10000}};
    struct memmap map = empty(ROOM);

    assert_int_equal(memmap_add(&map, 0x9000, 0x2000), STATUS_OK);
    for (uint32_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(memmap_add(&map, bad[i].base, bad[i].size), ERR_INVALID_ARGS);
    assert_int_equal(map.count, 1);
    assert_int_equal(memmap_add(&map, 0x8000, 0x1000), STATUS_OK); /* touching is fine */
    assert_int_equal(memmap_add(&map, 0xB000, 0x1000), STATUS_OK);
}

TEST(reserving_cuts_a_hole)
{
    struct memmap map = empty(ROOM);

    assert_int_equal(memmap_add(&map, 0x10000, 0x10000), STATUS_OK);
    assert_int_equal(memmap_reserve(&map, 0x14010, 0x20), STATUS_OK); /* widened to a page */
    assert_int_equal(map.count, 3);
    assert_true(entry_is(0, 0x10000, 0x4000, BOOT_MMAP_USABLE));
    assert_true(entry_is(1, 0x14000, 0x1000, BOOT_MMAP_RESERVED));
    assert_true(entry_is(2, 0x15000, 0xB000, BOOT_MMAP_USABLE));
}

TEST(reserving_the_whole_keeps_one_entry)
{
    struct memmap map = empty(1);

    assert_int_equal(memmap_add(&map, 0x10000, 0x10000), STATUS_OK);
    assert_int_equal(memmap_reserve(&map, 0x8000, 0x20000), STATUS_OK);
    assert_int_equal(map.count, 1);
    assert_true(entry_is(0, 0x10000, 0x10000, BOOT_MMAP_RESERVED));
}

TEST(reserving_what_is_not_ram_changes_nothing)
{
    struct memmap map = empty(1);

    assert_int_equal(memmap_add(&map, 0x10000, 0x10000), STATUS_OK);
    assert_int_equal(memmap_reserve(&map, 0x20000, 0x1000), STATUS_OK);
    assert_int_equal(memmap_reserve(&map, 0xF000, 0x1000), STATUS_OK);
    assert_int_equal(memmap_reserve(&map, 0x15000, 0), STATUS_OK);
    assert_true(entry_is(0, 0x10000, 0x10000, BOOT_MMAP_USABLE));
}

/* However little memory a firmware has, what it reserves may end anywhere. */
TEST(reserving_up_to_the_end_of_the_address_space)
{
    struct memmap map = empty(ROOM);

    assert_int_equal(memmap_add(&map, 0x10000, 0x10000), STATUS_OK);
    assert_int_equal(memmap_reserve(&map, 0x18000, ~0ull - 0x18000), STATUS_OK);
    assert_int_equal(map.count, 2);
    assert_true(entry_is(0, 0x10000, 0x8000, BOOT_MMAP_USABLE));
    assert_true(entry_is(1, 0x18000, 0x8000, BOOT_MMAP_RESERVED));
    assert_int_equal(memmap_reserve(&map, 0x12000, ~0ull), STATUS_OK); /* and beyond it */
    assert_true(entry_is(0, 0x10000, 0x2000, BOOT_MMAP_USABLE));
}

TEST(without_room_it_says_so)
{
    struct memmap map = empty(2);

    assert_int_equal(memmap_add(&map, 0x10000, 0x10000), STATUS_OK);
    assert_int_equal(memmap_reserve(&map, 0x14000, 0x1000), ERR_OUT_OF_RANGE);
    map = empty(0);
    assert_int_equal(memmap_add(&map, 0x10000, 0x10000), ERR_OUT_OF_RANGE);
}

static void compare(const struct memmap *map, const uint8_t model[PAGES])
{
    uint64_t end = 0;

    for (uint32_t i = 0; i < map->count; i++) {
        assert_true(map->entry[i].base >= end);
        end = map->entry[i].base + map->entry[i].size;
    }
    for (uint64_t page = 0; page < PAGES; page++) {
        uint32_t type = 0;
        for (uint32_t i = 0; i < map->count; i++) {
            if (page * PAGE_SIZE - map->entry[i].base < map->entry[i].size)
                type = map->entry[i].type;
        }
        assert_int_equal(type, model[page]);
    }
}

TEST(random_maps_agree_with_the_naive_one)
{
    struct test_random random = {20261120};

    for (uint32_t round = 0; round < 2000; round++) {
        uint8_t model[PAGES] = {0};
        struct memmap map = empty(ROOM);
        bool fits = true;
        for (uint32_t i = 0; i < 4; i++) {
            uint32_t first = test_random_below(&random, PAGES), count = 1 + test_random_below(&random, PAGES - first);
            if (memmap_add(&map, (uint64_t)first * PAGE_SIZE, (uint64_t)count * PAGE_SIZE) == STATUS_OK)
                memset(model + first, BOOT_MMAP_USABLE, count);
        }
        for (uint32_t i = 0; i < 8 && fits; i++) {
            uint32_t first = test_random_below(&random, PAGES), count = 1 + test_random_below(&random, 20);
            fits = memmap_reserve(&map, (uint64_t)first * PAGE_SIZE + 1, (uint64_t)count * PAGE_SIZE - 1) == STATUS_OK;
            for (uint32_t page = first; fits && page < first + count && page < PAGES; page++)
                model[page] = model[page] != 0 ? BOOT_MMAP_RESERVED : 0;
        }
        assert_true(fits);
        compare(&map, model);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_are_sorted),
        cmocka_unit_test(bad_ranges_are_refused),
        cmocka_unit_test(reserving_cuts_a_hole),
        cmocka_unit_test(reserving_the_whole_keeps_one_entry),
        cmocka_unit_test(reserving_what_is_not_ram_changes_nothing),
        cmocka_unit_test(reserving_up_to_the_end_of_the_address_space),
        cmocka_unit_test(without_room_it_says_so),
        cmocka_unit_test(random_maps_agree_with_the_naive_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
