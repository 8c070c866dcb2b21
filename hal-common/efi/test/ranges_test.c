/* SPDX-License-Identifier: MIT */
#include <support/random.h>
#include <support/unit.h>

#include <efi/ranges.h>

#define MAP_MAX 200u
#define MIB     (1ull << 20)

/* Descriptors are longer than the structure, as firmware has them. */
static struct {
    struct efi_memory_descriptor d;
    uint64_t more;
} entry[MAP_MAX];
static uint32_t used;
static struct efi_ranges ranges;

static int begin(void **state)
{
    (void)state;
    used = 0;
    return 0;
}

static void add(uint32_t type, uint64_t base, uint64_t pages)
{
    entry[used++].d = (struct efi_memory_descriptor){.type = type, .physical = base, .pages = pages, .attributes = EFI_MEMORY_WB};
}

static void read_map(const uint64_t *pinned, uint32_t count)
{
    struct efi_map map = {.descriptors = entry, .size = used * sizeof entry[0], .step = sizeof entry[0]};

    efi_ranges_usable(&ranges, &map, pinned, count);
}

static void expect(uint32_t at, uint64_t base, uint64_t size)
{
    assert_true(at < ranges.count);
    assert_int_equal(ranges.range[at].base, base);
    assert_int_equal(ranges.range[at].size, size);
}

TEST(neighbours_become_one_in_any_order)
{
    add(EFI_CONVENTIONAL, 0x5000, 1);
    add(EFI_LOADER_DATA, 0x2000, 1);
    add(EFI_BOOT_CODE, 0x4000, 1);
    add(EFI_BOOT_DATA, 0x3000, 1);
    add(EFI_LOADER_CODE, 0x9000, 2);
    read_map(NULL, 0);
    assert_int_equal(ranges.count, 2);
    expect(0, 0x2000, 0x4000);
    expect(1, 0x9000, 0x2000);
}

TEST(the_firmware_keeps_what_is_its_own)
{
    static const uint32_t kept[] = {EFI_RESERVED, EFI_RUNTIME_CODE, EFI_RUNTIME_DATA, EFI_UNUSABLE, EFI_ACPI_RECLAIM,
                                    EFI_ACPI_NVS, 11, 12, 13, 14, 0x80000000u};

    for (uint32_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        add(kept[i], i * MIB, 1);
    add(EFI_CONVENTIONAL, 100 * MIB, 1);
    entry[used - 1].d.attributes = 0; /* not cacheable */
    add(EFI_CONVENTIONAL, 101 * MIB, 1);
    entry[used - 1].d.attributes = EFI_MEMORY_WB | EFI_MEMORY_SP;
    read_map(NULL, 0);
    assert_int_equal(ranges.count, 0);
}

TEST(nonsense_is_left_out)
{
    add(EFI_CONVENTIONAL, MIB, 0);
    add(EFI_CONVENTIONAL, MIB, UINT64_MAX);
    add(EFI_CONVENTIONAL, UINT64_MAX - 0xFFF, 2);
    add(EFI_CONVENTIONAL, 2 * MIB, 4);
    add(EFI_CONVENTIONAL, 2 * MIB + 0x3000, 4); /* overlaps */
    read_map(NULL, 0);
    assert_int_equal(ranges.count, 1);
    expect(0, 2 * MIB, 0x4000);
}

TEST(a_map_with_short_descriptors_is_empty)
{
    struct efi_map map = {.descriptors = entry, .size = sizeof entry, .step = 8};

    assert_null(efi_map_get(&map, 0));
    map.step = 0;
    assert_null(efi_map_get(&map, 0));
}

TEST(the_smallest_are_left_out_but_not_the_pinned)
{
    uint64_t pinned[] = {3 * MIB + 0x10, 7 * MIB};

    for (uint32_t i = 0; i < 12; i++)
        add(EFI_CONVENTIONAL, i * MIB, i + 1);
    read_map(pinned, 2);
    assert_int_equal(ranges.count, EFI_RANGES_FINAL);
    expect(0, 3 * MIB, 0x4000);
    for (uint32_t i = 1; i < EFI_RANGES_FINAL; i++)
        expect(i, (i + 4) * MIB, (i + 5) * 0x1000);
}

TEST(more_than_the_list_holds)
{
    uint64_t pinned[] = {0};

    for (uint32_t i = 0; i < MAP_MAX; i++)
        add(EFI_CONVENTIONAL, i * MIB, 1 + i % 17);
    read_map(pinned, 1);
    assert_int_equal(ranges.count, EFI_RANGES_FINAL);
    expect(0, 0, 0x1000);
    for (uint32_t i = 1; i < EFI_RANGES_FINAL; i++)
        assert_int_equal(ranges.range[i].size, 17 * 0x1000);
}

/* Any map: what comes out is sorted, apart, whole, and usable in the map; pinned pages stay. */
TEST(any_map)
{
    struct test_random random = {4711};

    for (uint32_t round = 0; round < 2000; round++) {
        bool pinned_usable = false;
        uint64_t page = test_random_below(&random, 400), pinned = page << PAGE_SHIFT;

        used = 0;
        for (uint64_t at = 0; at < 400 && used < MAP_MAX;) {
            uint64_t pages = 1 + test_random_below(&random, 9);
            uint32_t type = test_random_below(&random, 16);
            add(type, at << PAGE_SHIFT, pages);
            pinned_usable |= page >= at && page < at + pages && efi_is_usable(&entry[used - 1].d);
            at += pages + test_random_below(&random, 3);
        }
        read_map(&pinned, 1);
        assert_true(ranges.count <= EFI_RANGES_FINAL);
        bool found = false;
        for (uint32_t i = 0; i < ranges.count; i++) {
            const struct efi_range *r = &ranges.range[i];
            assert_true(r->size > 0 && r->base % PAGE_SIZE == 0 && r->size % PAGE_SIZE == 0);
            assert_true(i == 0 || ranges.range[i - 1].base + ranges.range[i - 1].size < r->base);
            found |= pinned - r->base < r->size;
        }
        assert_true(found == pinned_usable);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(neighbours_become_one_in_any_order, begin),
        cmocka_unit_test_setup(the_firmware_keeps_what_is_its_own, begin),
        cmocka_unit_test_setup(nonsense_is_left_out, begin),
        cmocka_unit_test_setup(a_map_with_short_descriptors_is_empty, begin),
        cmocka_unit_test_setup(the_smallest_are_left_out_but_not_the_pinned, begin),
        cmocka_unit_test_setup(more_than_the_list_holds, begin),
        cmocka_unit_test_setup(any_map, begin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
