/* SPDX-License-Identifier: MIT */
/* Device nodes behind buses, interrupts, memory with holes; windows that cannot be; damaged trees. */
#include "fake.h"

#include <a64/gic.h>
#include <a64/kernel.h>
#include <arch/cpu.h>
#include <fdt_blob.h>
#include <support/random.h>

#include <stdio.h>
#include <string.h>

struct hal_state hal_state KSTATE;

static char failure[256];

NORETURN void boot_fail(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(failure, sizeof failure, fmt, args);
    va_end(args);
    arch_panic(failure);
}

/* -- Trees -- */

static void begin_tree(void)
{
    (void)blob_setup(NULL);
    (void)fake_setup(NULL);
    blob_begin("");
    blob_prop_cell("#address-cells", 2);
    blob_prop_cell("#size-cells", 2);
}

static const struct fdt *end_tree(void)
{
    blob_end();
    blob_token(BLOB_END);
    assert_int_equal(blob_open(), STATUS_OK);
    return &blob.fdt;
}

/* A bus of one-cell addresses whose [0x1000, 0x2000) is the CPU's [0x9_0000_0000, ...). */
static void begin_bus(const char *name)
{
    static const uint32_t ranges[] = {0x1000, 9, 0, 0x1000};

    blob_begin(name);
    blob_prop_cell("#address-cells", 1);
    blob_prop_cell("#size-cells", 1);
    blob_prop_cells("ranges", 4, ranges);
}

static void device(const char *name, const char *compatible, uint32_t base, uint32_t size)
{
    const uint32_t reg[] = {base, size};

    blob_begin(name);
    blob_prop_string("compatible", compatible);
    blob_prop_cells("reg", 2, reg);
    blob_end();
}

/* -- Registers -- */

TEST(registers_are_seen_through_buses)
{
    uint64_t base, size;

    begin_tree();
    begin_bus("soc");
    device("a@1100", "inside", 0x1100, 0x100);
    device("b@1fff", "over-the-edge", 0x1FFF, 2);
    device("c@0", "outside", 0, 0x100);
    device("d@1800", "empty", 0x1800, 0);
    blob_end();
    const struct fdt *fdt = end_tree();
    assert_true(device_reg(fdt, device_find(fdt, "inside"), 0, &base, &size));
    assert_int_equal(base, 0x900000100ull);
    assert_int_equal(size, 0x100);
    assert_false(device_reg(fdt, device_find(fdt, "inside"), 1, &base, &size));
    assert_false(device_reg(fdt, device_find(fdt, "over-the-edge"), 0, &base, &size));
    assert_false(device_reg(fdt, device_find(fdt, "outside"), 0, &base, &size));
    assert_false(device_reg(fdt, device_find(fdt, "empty"), 0, &base, &size));
    assert_false(device_reg(fdt, FDT_NONE, 0, &base, &size));
}

TEST(a_bus_without_ranges_hides_its_devices)
{
    uint64_t base, size;

    begin_tree();
    blob_begin("i2c");
    blob_prop_cell("#address-cells", 1);
    blob_prop_cell("#size-cells", 1);
    device("a@50", "hidden", 0x50, 1);
    blob_end();
    blob_begin("flat");
    blob_prop_cell("#address-cells", 1);
    blob_prop_cell("#size-cells", 1);
    blob_prop("ranges", NULL, 0);
    device("b@7000", "seen", 0x7000, 16);
    blob_end();
    const struct fdt *fdt = end_tree();
    assert_false(device_reg(fdt, device_find(fdt, "hidden"), 0, &base, &size));
    assert_true(device_reg(fdt, device_find(fdt, "seen"), 0, &base, &size));
    assert_int_equal(base, 0x7000);
}

TEST(disabled_devices_are_passed_over)
{
    begin_tree();
    blob_begin("a");
    blob_prop_string("compatible", "thing");
    blob_prop_string("status", "disabled");
    blob_end();
    blob_begin("b");
    blob_prop_string("compatible", "thing");
    blob_prop_string("status", "okay");
    blob_end();
    const struct fdt *fdt = end_tree();
    assert_string_equal(fdt_node_name(fdt, device_find(fdt, "thing")), "b");
    assert_int_equal(device_find(fdt, "nothing"), FDT_NONE);
}

TEST(interrupts_become_intids)
{
    static const uint32_t cells[] = {0, 1, 4, 1, 11, 4, 0, 988, 4, 1, 16, 4, 2, 0, 0};

    begin_tree();
    blob_begin("a");
    blob_prop_string("compatible", "a");
    blob_prop_cells("interrupts", ARRAY_LEN(cells), cells);
    blob_end();
    const struct fdt *fdt = end_tree();
    uint32_t node = device_find(fdt, "a");
    assert_int_equal(device_intid(fdt, node, 0), 33);
    assert_int_equal(device_intid(fdt, node, 1), 27);
    assert_int_equal(device_intid(fdt, node, 2), 0); /* no such SPI */
    assert_int_equal(device_intid(fdt, node, 3), 0); /* no such PPI */
    assert_int_equal(device_intid(fdt, node, 4), 0); /* no such type */
    assert_int_equal(device_intid(fdt, node, 5), 0);
    assert_int_equal(device_intid(fdt, FDT_NONE, 0), 0);
}

/* -- Windows -- */

TEST(windows_keep_clear_of_memory_and_of_each_other)
{
    (void)fake_setup(NULL);
    assert_int_equal(hal_map_add_ram(0x10000, 0x10000), STATUS_OK);
    device_window("a", 0x30010, 0x2000);
    assert_int_equal(hal_map.device[0].base, 0x30000);
    assert_int_equal(hal_map.device[0].size, 0x3000);
    device_window("b", 0x31800, 8); /* in a page that is there */
    assert_int_equal(hal_map.device_count, 1);
    assert_panics_with(device_window("c", 0x1F000, 0x1001), "c: registers at 1f000 lie in memory");
    assert_panics_with(device_window("d", 0x32000, 0x2000), "d: registers at 32000 lie in those of another device");
    assert_panics_with(device_window("e", 0x40000000, 0x40000001), "e: registers of 1073741825 bytes at 40000000");
}

/* -- Memory -- */

static void memory(uint32_t base, uint32_t size)
{
    const uint32_t reg[] = {0, base, 0, size};

    blob_begin("memory");
    blob_prop_string("device_type", "memory");
    blob_prop_cells("reg", 4, reg);
    blob_end();
}

static void hole(const char *name, uint32_t base, uint32_t size_high, uint32_t size, bool no_map)
{
    const uint32_t reg[] = {0, base, size_high, size};

    blob_begin(name);
    blob_prop_cells("reg", 4, reg);
    if (no_map)
        blob_prop("no-map", NULL, 0);
    blob_end();
}

static void begin_holes(void)
{
    blob_begin("reserved-memory");
    blob_prop_cell("#address-cells", 2);
    blob_prop_cell("#size-cells", 2);
}

/* The image of a test is never in the memory of these trees, which is how each ends. */
static void find_memory(const struct fdt *fdt)
{
    jmp_buf catcher;

    fake.catcher = &catcher;
    if (setjmp(catcher) == 0)
        memory_find(fdt);
    fake.catcher = NULL;
}

static void assert_ram(uint32_t index, uint64_t base, uint64_t end)
{
    assert_true(index < hal_map.ram_count);
    assert_int_equal(hal_map.ram[index].base, base);
    assert_int_equal(hal_map.ram[index].base + hal_map.ram[index].size, end);
}

TEST(memory_is_mapped_around_holes)
{
    begin_tree();
    memory(0x40000000, 0x10000000);
    begin_holes();
    hole("late", 0x4A000000, 0, 0x100000, true);
    hole("kept", 0x44000000, 0, 0x100000, false);
    hole("early", 0x42000000, 0, 0x200000, true);
    hole("over", 0x42100000, 0, 0x200000, true);
    blob_end();
    find_memory(end_tree());
    assert_int_equal(hal_map.ram_count, 3);
    assert_ram(0, 0x40000000, 0x42000000);
    assert_ram(1, 0x42300000, 0x4A000000);
    assert_ram(2, 0x4A100000, 0x50000000);
    assert_true(memory_holds(0x42300000, 0x4A000000));
    assert_false(memory_holds(0x41FFFFFF, 0x42000001));
    assert_false(memory_holds(0x4A000000, 0x49000000));
}

TEST(a_hole_may_run_over_the_end_of_everything)
{
    begin_tree();
    memory(0x40000000, 0x10000000);
    begin_holes();
    hole("huge", 0x48000000, 0xFFFFFFFF, 0xFFFFF000, true);
    blob_end();
    find_memory(end_tree());
    assert_int_equal(hal_map.ram_count, 1);
    assert_ram(0, 0x40000000, 0x48000000);
}

TEST(memory_that_makes_no_sense_is_named)
{
    begin_tree();
    assert_panics_with(memory_find(end_tree()), "no memory in the device tree");
    begin_tree();
    memory(0x40000000, 0x2000);
    memory(0x40001000, 0x2000);
    assert_panics_with(memory_find(end_tree()), "memory of 2000 bytes at 40001000: overlaps other memory");
}

/* -- Damage -- */

static void read_all(const struct fdt *fdt)
{
    uint64_t base, size;

    for (uint32_t node = fdt_root(fdt); node != FDT_NONE; node = fdt_node_next(fdt, node, NULL)) {
        for (uint32_t i = 0; i < 3 && device_reg(fdt, node, i, &base, &size); i++)
            assert_true(base + size > base);
        for (uint32_t i = 0; i < 3; i++)
            assert_true(device_intid(fdt, node, i) < GIC_INTID_MAX);
    }
    (void)fake_setup(NULL);
    find_memory(fdt);
}

TEST(damaged_trees_are_survived)
{
    struct test_random random = {4711};

    begin_tree();
    memory(0x40000000, 0x10000000);
    begin_holes();
    hole("a", 0x42000000, 0, 0x100000, true);
    blob_end();
    begin_bus("soc");
    device("a@1100", "a", 0x1100, 0x100);
    blob_end();
    (void)end_tree();
    for (uint32_t i = 0; i < 20000; i++) {
        uint32_t at = BLOB_STRUCTS + test_random_below(&random, blob.structs);
        uint8_t old = blob.bytes[at];
        blob.bytes[at] = (uint8_t)test_random_next(&random);
        if (blob_open_size(blob_size()) == STATUS_OK)
            read_all(&blob.fdt);
        blob.bytes[at] = old;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registers_are_seen_through_buses),
        cmocka_unit_test(a_bus_without_ranges_hides_its_devices),
        cmocka_unit_test(disabled_devices_are_passed_over),
        cmocka_unit_test(interrupts_become_intids),
        cmocka_unit_test(windows_keep_clear_of_memory_and_of_each_other),
        cmocka_unit_test(memory_is_mapped_around_holes),
        cmocka_unit_test(a_hole_may_run_over_the_end_of_everything),
        cmocka_unit_test(memory_that_makes_no_sense_is_named),
        cmocka_unit_test(damaged_trees_are_survived),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
