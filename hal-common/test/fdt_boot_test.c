/* SPDX-License-Identifier: MIT */
/* What bare-metal HALs read from a device tree: RAM, command line, modules, memory map, screen; damaged trees too. */
#include "fake.h"

#include <common/fdt_boot.h>
#include <fdt_blob.h>
#include <support/random.h>

#include <string.h>

#define RAM 0x100000000000ull /* memory that the host does not have: nobody touches it */
#define RAM_SIZE 0x1000000ull
#define HIGH 0x1000u          /* its upper half, as a cell of the tree */

static struct boot_info info;
static struct boot_mmap_entry map[BOOT_MMAP_MAX];
static uint32_t map_count;

/* -- A tree and the RAM it lies in -- */

static void begin_tree(void)
{
    const uint32_t reg[] = {HIGH, 0, 0, RAM_SIZE};

    (void)blob_setup(NULL);
    (void)fake_setup(NULL);
    blob_begin("");
    blob_prop_cell("#address-cells", 2);
    blob_prop_cell("#size-cells", 2);
    blob_begin("memory@100000000000");
    blob_prop_string("device_type", "memory");
    blob_prop_cells("reg", 4, reg);
    blob_end();
}

/* Finish the tree; what lies around the copy that is read is RAM as well. */
static void end_tree(void)
{
    blob_end();
    blob_token(BLOB_END);
    assert_int_equal(blob_open(), STATUS_OK);
    paddr_t at = (uintptr_t)blob.fdt.blob, page = at - at % PAGE_SIZE;
    assert_int_equal(hal_map_add_ram(page, 2 * PAGE_SIZE), STATUS_OK);
    assert_int_equal(hal_map_add_ram(RAM, RAM_SIZE), STATUS_OK);
    info = (struct boot_info){.fdt = at, .fdt_size = blob_size()};
}

static void chosen_module(uint64_t start, uint64_t end)
{
    const uint32_t from[] = {(uint32_t)(start >> 32), (uint32_t)start}, to[] = {(uint32_t)(end >> 32), (uint32_t)end};

    blob_begin("chosen");
    blob_prop_cells("linux,initrd-start", 2, from);
    blob_prop_cells("linux,initrd-end", 2, to);
    blob_end();
}

/* -- RAM -- */

TEST(ram_of_every_enabled_node)
{
    const uint32_t reg[] = {HIGH, 0x20000000, 0, 0x1000, HIGH, 0x30000000, 0, 0x2000};
    uint64_t base, size;

    begin_tree();
    blob_begin("memory@off");
    blob_prop_string("device_type", "memory");
    blob_prop_string("status", "disabled");
    blob_prop_cells("reg", 4, reg);
    blob_end();
    blob_begin("flash");
    blob_prop_cells("reg", 4, reg);
    blob_end();
    blob_begin("memory@more");
    blob_prop_string("device_type", "memory");
    blob_prop_string("status", "okay");
    blob_prop_cells("reg", 8, reg);
    blob_end();
    end_tree();
    assert_true(fdt_boot_ram(&blob.fdt, 0, &base, &size) && base == RAM && size == RAM_SIZE);
    assert_true(fdt_boot_ram(&blob.fdt, 1, &base, &size) && base == RAM + 0x20000000 && size == 0x1000);
    assert_true(fdt_boot_ram(&blob.fdt, 2, &base, &size) && base == RAM + 0x30000000 && size == 0x2000);
    assert_false(fdt_boot_ram(&blob.fdt, 3, &base, &size));
}

/* -- Command line -- */

static void read_cmdline(const char *bootargs, char *out, size_t size)
{
    begin_tree();
    blob_begin("chosen");
    blob_prop_string("bootargs", bootargs);
    blob_end();
    end_tree();
    fdt_boot_cmdline(&blob.fdt, out, size);
}

TEST(command_line_is_cut_and_cleaned)
{
    char line[16] = "";

    read_cmdline("seed=1\tquiet\n", line, sizeof line);
    assert_string_equal(line, "seed=1 quiet ");
    read_cmdline("0123456789abcdefghij", line, sizeof line);
    assert_string_equal(line, "0123456789abcde");
    read_cmdline("", line, sizeof line);
    assert_string_equal(line, "");
}

TEST(no_command_line_is_an_empty_one)
{
    char line[16] = "";

    begin_tree();
    end_tree();
    fdt_boot_cmdline(&blob.fdt, line, sizeof line);
    assert_string_equal(line, "");
}

/* -- Modules -- */

static status_t read_module(uint64_t start, uint64_t end, uint32_t room, struct boot_module *module, uint32_t *count)
{
    begin_tree();
    chosen_module(start, end);
    end_tree();
    *count = room;
    return fdt_boot_modules(&info, module, count);
}

TEST(a_module_lies_in_ram)
{
    struct boot_module module;
    uint32_t count;

    assert_int_equal(read_module(RAM + 0x123, RAM + 0x2345, 1, &module, &count), STATUS_OK);
    assert_int_equal(count, 1);
    assert_true(module.start == RAM + 0x123 && module.end == RAM + 0x2345);
    assert_string_equal(module.cmdline, "image");
    assert_int_equal(read_module(RAM, RAM + RAM_SIZE, 1, &module, &count), STATUS_OK);
}

TEST(modules_elsewhere_are_refused)
{
    static const struct {
        uint64_t start, end;
    } bad[] = {{RAM + 5, RAM + 5}, {RAM + 5, RAM + 4}, {RAM - 1, RAM + 4}, {RAM, RAM + RAM_SIZE + 1}, {0, 16}, {RAM, ~0ull}};
    struct boot_module module;
    uint32_t count;

    for (uint32_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(read_module(bad[i].start, bad[i].end, 1, &module, &count), ERR_INVALID_ARGS);
        assert_int_equal(count, 0);
    }
    assert_int_equal(read_module(RAM, RAM + 1, 0, &module, &count), ERR_OUT_OF_RANGE);
}

TEST(half_a_module_is_none)
{
    struct boot_module module;
    uint32_t count = 1;

    begin_tree();
    blob_begin("chosen");
    blob_prop_cell("linux,initrd-start", 0x1000);
    blob_end();
    end_tree();
    assert_int_equal(fdt_boot_modules(&info, &module, &count), STATUS_OK);
    assert_int_equal(count, 0);
}

/* -- Memory map -- */

static uint32_t type_at(paddr_t pa)
{
    for (uint32_t i = 0; i < map_count; i++) {
        if (pa - map[i].base < map[i].size)
            return map[i].type;
    }
    return 0;
}

static void reserve_in_header(paddr_t base, uint64_t size)
{
    blob_put32(BLOB_HEADER, (uint32_t)(base >> 32));
    blob_put32(BLOB_HEADER + 4, (uint32_t)base);
    blob_put32(BLOB_HEADER + 8, (uint32_t)(size >> 32));
    blob_put32(BLOB_HEADER + 12, (uint32_t)size);
}

static status_t read_map(uint32_t room)
{
    map_count = room;
    return fdt_boot_memory_map(&info, (struct fdt_boot_kept){RAM + 0x100000, RAM + 0x140000}, map, &map_count);
}

/* The kernel at 1 MiB, a module at 2, the firmware at 3, a reservation at 4, the screen at 5. */
static void make_tree(void)
{
    const uint32_t reg[] = {HIGH, 0x300000, 0, 0x10000};

    begin_tree();
    blob_begin("reserved-memory");
    blob_prop_cell("#address-cells", 2);
    blob_prop_cell("#size-cells", 2);
    blob_begin("firmware");
    blob_prop_cells("reg", 4, reg);
    blob_end();
    blob_end();
    chosen_module(RAM + 0x200800, RAM + 0x202800);
    reserve_in_header(RAM + 0x400000, 0x1000);
    end_tree();
    info.framebuffer = (struct boot_framebuffer){.addr = RAM + 0x500000, .pitch = 0x1000, .height = 16};
}

static void expect_kept(paddr_t first, uint64_t size)
{
    assert_int_equal(type_at(first), BOOT_MMAP_RESERVED);
    assert_int_equal(type_at(first + size - 1), BOOT_MMAP_RESERVED);
    assert_int_equal(type_at(first - 1), BOOT_MMAP_USABLE);
    assert_int_equal(type_at(first + size), BOOT_MMAP_USABLE);
}

TEST(everything_named_is_kept)
{
    make_tree();
    assert_int_equal(read_map(BOOT_MMAP_MAX), STATUS_OK);
    expect_kept(RAM + 0x100000, 0x40000);
    expect_kept(RAM + 0x200000, 0x3000);
    expect_kept(RAM + 0x300000, 0x10000);
    expect_kept(RAM + 0x400000, 0x1000);
    expect_kept(RAM + 0x500000, 0x10000);
    assert_int_equal(type_at(RAM), BOOT_MMAP_USABLE);
    assert_int_equal(type_at(RAM + RAM_SIZE - 1), BOOT_MMAP_USABLE);
    assert_int_equal(type_at(RAM + RAM_SIZE), 0);
    assert_int_equal(type_at(info.fdt), BOOT_MMAP_RESERVED);
    assert_int_equal(type_at(info.fdt + info.fdt_size - 1), BOOT_MMAP_RESERVED);
}

TEST(a_map_without_room_is_refused)
{
    make_tree();
    assert_int_equal(read_map(BOOT_MMAP_MAX), STATUS_OK);
    uint32_t needed = map_count;
    assert_int_equal(read_map(needed), STATUS_OK);
    for (uint32_t room = 0; room < needed; room++) {
        assert_int_equal(read_map(room), ERR_OUT_OF_RANGE);
        assert_int_equal(map_count, 0);
    }
}

TEST(a_machine_without_ram_has_no_map)
{
    begin_tree();
    end_tree();
    hal_map.ram_count = 0;
    hal_first_ram.size = 0;
    map_count = BOOT_MMAP_MAX;
    hal_map.framebuffer = (struct hal_range){info.fdt, info.fdt_size}; /* so that the tree can be reached */
    assert_int_equal(fdt_boot_memory_map(&info, (struct fdt_boot_kept){0, 0}, map, &map_count), ERR_INVALID_ARGS);
}

/* -- Screen -- */

static bool read_screen(const char *format, uint32_t width, uint32_t height, uint32_t pitch, struct boot_framebuffer *fb)
{
    const uint32_t reg[] = {0, 0x50000000, 0, 0x12C000};
    uint64_t size;

    begin_tree();
    blob_begin("framebuffer@50000000");
    blob_prop_string("compatible", "simple-framebuffer");
    blob_prop_cells("reg", 4, reg);
    blob_prop_cell("width", width);
    blob_prop_cell("height", height);
    blob_prop_cell("stride", pitch);
    blob_prop_string("format", format);
    blob_end();
    end_tree();
    return fdt_boot_framebuffer(&blob.fdt, fb, &size) && size == 0x12C000;
}

TEST(a_screen_fits_its_memory)
{
    struct boot_framebuffer fb;

    assert_true(read_screen("a8r8g8b8", 640, 480, 2560, &fb));
    assert_true(fb.addr == 0x50000000 && fb.width == 640 && fb.height == 480 && fb.pitch == 2560 && fb.bpp == 32);
    assert_false(read_screen("r5g6b5", 640, 480, 1280, &fb));
    assert_false(read_screen("a8r8g8b8", 640, 481, 2560, &fb));
    assert_false(read_screen("a8r8g8b8", 640, 480, 0xFFFFFFFF, &fb));
}

/* -- Damage -- */

static void read_all(void)
{
    struct boot_module module;
    struct boot_framebuffer fb;
    struct fdt fdt;
    char line[64] = "";
    uint64_t base, size;
    uint32_t count = 1;

    if (fdt_boot_open(&info, &fdt) != STATUS_OK)
        return;
    for (uint32_t i = 0; i < 16 && fdt_boot_ram(&fdt, i, &base, &size); i++)
        continue;
    fdt_boot_cmdline(&fdt, line, sizeof line);
    (void)fdt_boot_framebuffer(&fdt, &fb, &size);
    if (fdt_boot_modules(&info, &module, &count) == STATUS_OK && count == 1)
        assert_true(module.start < module.end && module.end <= RAM + RAM_SIZE);
    map_count = BOOT_MMAP_MAX;
    if (fdt_boot_memory_map(&info, (struct fdt_boot_kept){RAM, RAM + PAGE_SIZE}, map, &map_count) != STATUS_OK)
        return;
    assert_int_not_equal(type_at(RAM), BOOT_MMAP_USABLE);
    assert_int_not_equal(type_at(info.fdt), BOOT_MMAP_USABLE);
}

TEST(damaged_trees_are_survived)
{
    struct test_random random = {4711};

    make_tree();
    uint8_t *bytes = (uint8_t *)(uintptr_t)info.fdt;
    for (uint32_t round = 0; round < 20000; round++) {
        uint32_t at[3];
        uint8_t old[3];
        for (uint32_t i = 0; i < 3; i++) {
            at[i] = test_random_below(&random, info.fdt_size);
            old[i] = bytes[at[i]];
            bytes[at[i]] = (uint8_t)test_random_next(&random);
        }
        read_all();
        for (uint32_t i = 3; i-- > 0;)
            bytes[at[i]] = old[i];
    }
    for (info.fdt_size = 0; info.fdt_size < blob_size(); info.fdt_size++)
        read_all();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ram_of_every_enabled_node),
        cmocka_unit_test(command_line_is_cut_and_cleaned),
        cmocka_unit_test(no_command_line_is_an_empty_one),
        cmocka_unit_test(a_module_lies_in_ram),
        cmocka_unit_test(modules_elsewhere_are_refused),
        cmocka_unit_test(half_a_module_is_none),
        cmocka_unit_test(everything_named_is_kept),
        cmocka_unit_test(a_map_without_room_is_refused),
        cmocka_unit_test(a_machine_without_ram_has_no_map),
        cmocka_unit_test(a_screen_fits_its_memory),
        cmocka_unit_test(damaged_trees_are_survived),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
