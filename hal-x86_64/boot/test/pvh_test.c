/* SPDX-License-Identifier: MIT */
#include <support/unit.h>

#include <string.h>

#include <x86/boot_found.h>
#include <x86/magic.h>

#include "blob.h"

#define INFO_BYTES 56u

static struct blob blob;
static struct boot_found found;

/* Parameters as QEMU writes them: the information, then what it points to. */
static int begin(void **state)
{
    const char *cmdline = "trace=0x1f\tquiet";
    paddr_t map = BLOB_BASE + INFO_BYTES, modules = map + 3 * 24, text = modules + 32;

    (void)state;
    blob = (struct blob){.used = 0};
    found = (struct boot_found){.rsdp = 0};
    put32(&blob, BOOT_MAGIC_PVH);
    put32(&blob, 1);
    put32(&blob, 0);
    put32(&blob, 1); /* modules */
    put64(&blob, modules);
    put64(&blob, text);
    put64(&blob, 0xF59E0);
    put64(&blob, map);
    put32(&blob, 3);
    put32(&blob, 0);
    const uint64_t entries[3][3] = {{0, 0x9FC00, 1}, {0x100000, 0xFF00000, 1}, {0x9FC00, 0x400, 2}};
    for (uint32_t i = 0; i < 3; i++) {
        put64(&blob, entries[i][0]);
        put64(&blob, entries[i][1]);
        put64(&blob, entries[i][2]);
    }
    put64(&blob, 0x8000000); /* module */
    put64(&blob, 0x2000);
    put64(&blob, 0);
    put64(&blob, 0);
    put_text(&blob, cmdline, (uint32_t)strlen(cmdline) + 1);
    return 0;
}

static const char *parse(uint32_t size)
{
    struct phys_window window = blob_window(&blob, size);

    found = (struct boot_found){.rsdp = 0};
    const char *wrong = pvh_parse(&window, BLOB_BASE, &found);
    blob_free(&window);
    return wrong;
}

TEST(everything_is_found)
{
    assert_null(parse(blob.used));
    assert_int_equal(found.ram.count, 2);
    assert_int_equal(found.ram.range[0].end, 0x9F000);
    assert_int_equal(found.ram.range[1].end, 0x10000000);
    assert_int_equal(found.module_count, 1);
    assert_int_equal(found.module[0].start, 0x8000000);
    assert_int_equal(found.module[0].end, 0x8002000);
    assert_string_equal(found.module[0].cmdline, "image");
    assert_string_equal(found.cmdline, "trace=0x1f quiet"); /* no control characters */
    assert_int_equal(found.rsdp, 0xF59E0);
    assert_int_equal(found.kept_count, 3);
    assert_int_equal(found.kept[0].base, BLOB_BASE);
}

TEST(truncated_at_every_byte)
{
    uint32_t text = blob.used - 17;
    for (uint32_t size = 0; size < text; size++)
        assert_non_null(parse(size));
    for (uint32_t size = text; size <= blob.used; size++) { /* only the command line is shorter */
        assert_null(parse(size));
        assert_int_equal(strlen(found.cmdline), size - text < 16 ? size - text : 16);
    }
}

TEST(wrong_magic_and_version)
{
    patch32(&blob, 0, BOOT_MAGIC_PVH + 1);
    assert_string_equal(parse(blob.used), "boot: bad magic in the PVH start information");
    patch32(&blob, 0, BOOT_MAGIC_PVH);
    patch32(&blob, 4, 0); /* the first version had no map */
    assert_string_equal(parse(blob.used), "boot: no memory map");
}

TEST(no_map)
{
    patch32(&blob, 48, 0);
    assert_string_equal(parse(blob.used), "boot: no memory map");
    patch32(&blob, 48, 0xFFFFFFFF);
    assert_string_equal(parse(blob.used), "boot: truncated PVH memory map");
    patch32(&blob, 48, 3);
    patch32(&blob, 44, 0x80000000); /* far away */
    assert_string_equal(parse(blob.used), "boot: truncated PVH memory map");
}

TEST(many_modules)
{
    patch32(&blob, 12, 0);
    assert_null(parse(blob.used));
    assert_int_equal(found.module_count, 0);
    patch32(&blob, 12, 65);
    assert_string_equal(parse(blob.used), "boot: truncated PVH module list");
    patch32(&blob, 12, 0xFFFFFFFF);
    assert_string_equal(parse(blob.used), "boot: truncated PVH module list");
    blob.used = BLOB_SIZE;
    patch32(&blob, 12, BOOT_MODULES_MAX + 2); /* the first ones count */
    assert_null(parse(blob.used));
    assert_int_equal(found.module_count, BOOT_MODULES_MAX);
}

TEST(long_command_line_is_cut)
{
    blob.used -= 17;
    for (uint32_t i = 0; i < 2 * BOOT_CMDLINE_MAX; i++)
        put8(&blob, 'x');
    assert_null(parse(blob.used));
    assert_int_equal(strlen(found.cmdline), BOOT_CMDLINE_MAX - 1);
}

TEST(any_single_byte)
{
    for (uint32_t i = 0; i < blob.used; i++) {
        uint8_t old = blob.bytes[i];
        for (uint32_t value = 0; value < 256; value += 17) {
            blob.bytes[i] = (uint8_t)value;
            (void)parse(blob.used); /* a checker watches */
        }
        blob.bytes[i] = old;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(everything_is_found, begin), cmocka_unit_test_setup(truncated_at_every_byte, begin),
        cmocka_unit_test_setup(wrong_magic_and_version, begin), cmocka_unit_test_setup(no_map, begin),
        cmocka_unit_test_setup(many_modules, begin), cmocka_unit_test_setup(long_command_line_is_cut, begin),
        cmocka_unit_test_setup(any_single_byte, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
