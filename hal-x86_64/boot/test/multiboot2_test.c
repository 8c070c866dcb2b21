/* SPDX-License-Identifier: MIT */
#include <support/unit.h>

#include <string.h>

#include <x86/boot_found.h>

#include "blob.h"

enum { END = 0, CMDLINE = 1, MODULE = 3, MAP = 6, FRAMEBUFFER = 8, RSDP_1 = 14, RSDP_2 = 15, EFI_MAP = 17 };

static struct blob blob;
static struct boot_found found;

static uint32_t tag_begin(uint32_t type)
{
    put_align(&blob, 8);
    uint32_t at = blob.used;
    put32(&blob, type);
    put32(&blob, 0);
    return at;
}

static void tag_end(uint32_t at)
{
    patch32(&blob, at + 4, blob.used - at);
}

static void put_end(void)
{
    tag_end(tag_begin(END));
    patch32(&blob, 0, blob.used);
}

static void put_map(void)
{
    uint32_t at = tag_begin(MAP);
    put32(&blob, 24);
    put32(&blob, 0);
    const uint64_t entries[3][3] = {{0, 0x9FC00, 1}, {0x100000, 0xFF00000, 1}, {0x9FC00, 0x400, 2}};
    for (uint32_t i = 0; i < 3; i++) {
        put64(&blob, entries[i][0]);
        put64(&blob, entries[i][1]);
        put64(&blob, entries[i][2]);
    }
    tag_end(at);
}

static void put_string_tag(uint32_t type, const char *text)
{
    uint32_t at = tag_begin(type);
    put_text(&blob, text, (uint32_t)strlen(text) + 1);
    tag_end(at);
}

static void put_module(uint32_t start, uint32_t end, const char *text)
{
    uint32_t at = tag_begin(MODULE);
    put32(&blob, start);
    put32(&blob, end);
    put_text(&blob, text, (uint32_t)strlen(text) + 1);
    tag_end(at);
}

struct framebuffer {
    uint32_t pitch, width, height;
    uint8_t bpp, type, red;
};

static void put_framebuffer(struct framebuffer fb)
{
    uint32_t at = tag_begin(FRAMEBUFFER);
    put64(&blob, 0xFD000000);
    put32(&blob, fb.pitch);
    put32(&blob, fb.width);
    put32(&blob, fb.height);
    put8(&blob, fb.bpp);
    put8(&blob, fb.type);
    put16(&blob, 0);
    const uint8_t colours[] = {fb.red, 8, 8, 8, 0, 8};
    for (uint32_t i = 0; i < sizeof colours; i++)
        put8(&blob, colours[i]);
    tag_end(at);
}

static void put_bytes_tag(uint32_t type, uint32_t count)
{
    uint32_t at = tag_begin(type);
    for (uint32_t i = 0; i < count; i++)
        put8(&blob, i);
    tag_end(at);
}

static int begin(void **state)
{
    (void)state;
    blob = (struct blob){.used = 0};
    put32(&blob, 0);
    put32(&blob, 0);
    return 0;
}

static const char *parse_at(uint32_t size, uint32_t offset)
{
    struct phys_window window = blob_window(&blob, size);

    found = (struct boot_found){.rsdp = 0};
    const char *wrong = multiboot2_parse(&window, BLOB_BASE + offset, &found);
    blob_free(&window);
    return wrong;
}

static const char *parse(void)
{
    return parse_at(blob.used, 0);
}

static void put_everything(void)
{
    put_string_tag(CMDLINE, "memory-map");
    put_module(0x200000, 0x300000, "one");
    put_module(0x300000, 0x300000, "");
    put_bytes_tag(RSDP_1, 20);
    put_framebuffer((struct framebuffer){640 * 4, 640, 480, 32, 1, 16});
    put_bytes_tag(99, 3); /* unknown */
    put_map();
    put_end();
}

TEST(everything_is_found)
{
    put_everything();
    assert_null(parse());
    assert_string_equal(found.cmdline, "memory-map");
    assert_int_equal(found.module_count, 2);
    assert_int_equal(found.module[0].start, 0x200000);
    assert_int_equal(found.module[0].end, 0x300000);
    assert_string_equal(found.module[0].cmdline, "one");
    assert_string_equal(found.module[1].cmdline, "image");
    assert_int_equal(found.ram.count, 2);
    assert_int_equal(found.framebuffer.addr, 0xFD000000);
    assert_int_equal(found.framebuffer.pitch, 2560);
    assert_true(found.rsdp > BLOB_BASE && found.rsdp < BLOB_BASE + blob.used);
    assert_int_equal(found.kept_count, 1);
    assert_int_equal(found.kept[0].end, BLOB_BASE + blob.used);
}

/* Memory ends, or the loader's own size does. */
TEST(truncated_at_every_byte)
{
    put_everything();
    uint32_t full = blob.used;
    for (uint32_t size = 0; size < full; size++)
        assert_string_equal(parse_at(size, 0), "boot: truncated Multiboot2 information");
    for (uint32_t size = 0; size < full; size++) {
        patch32(&blob, 0, size);
        assert_string_equal(parse(), "boot: truncated Multiboot2 information");
    }
}

TEST(every_tag_size_is_checked)
{
    put_everything();
    for (uint32_t at = 8; at < blob.used;) {
        uint32_t size = get32(&blob.bytes[at + 4]);
        for (uint32_t i = 0; i < 64; i++) {
            patch32(&blob, at + 4, i);
            (void)parse(); /* a checker watches */
            patch32(&blob, at + 4, UINT32_MAX - i);
            assert_string_equal(parse(), "boot: truncated Multiboot2 information");
        }
        patch32(&blob, at + 4, size);
        at += (size + 7) / 8 * 8;
    }
}

TEST(misaligned_information_is_refused)
{
    put_everything();
    assert_string_equal(parse_at(blob.used, 4), "boot: truncated Multiboot2 information");
}

TEST(no_map)
{
    put_string_tag(CMDLINE, "x");
    put_end();
    assert_string_equal(parse(), "boot: no memory map");
}

TEST(map_entries_of_other_sizes)
{
    uint32_t at = blob.used;
    put_map();
    put_end();
    patch32(&blob, at + 8, 0);
    assert_string_equal(parse(), "boot: truncated Multiboot2 memory map");
    patch32(&blob, at + 8, 23);
    assert_string_equal(parse(), "boot: truncated Multiboot2 memory map");
    patch32(&blob, at + 8, 36); /* two entries, the second in the middle of nowhere */
    assert_null(parse());
    patch32(&blob, at + 8, UINT32_MAX);
    assert_null(parse());
    assert_int_equal(found.ram.count, 0);
}

TEST(efi_map_serves_without_another)
{
    uint32_t at = tag_begin(EFI_MAP);
    put32(&blob, 48);
    put32(&blob, 1);
    put64(&blob, 7);
    put64(&blob, 0x100000);
    put64(&blob, 0);
    put64(&blob, 256);
    put64(&blob, 0xF);
    put64(&blob, 0);
    tag_end(at);
    put_end();
    assert_null(parse());
    assert_int_equal(found.ram.count, 1);
    assert_int_equal(found.ram.range[0].end, 0x200000);
    patch32(&blob, at + 8, 39);
    assert_string_equal(parse(), "boot: truncated Multiboot2 memory map");
}

TEST(the_newer_root_pointer_counts)
{
    put_bytes_tag(RSDP_2, 36);
    put_bytes_tag(RSDP_1, 20);
    put_map();
    put_end();
    assert_null(parse());
    assert_int_equal(found.rsdp, BLOB_BASE + 8 + 8);
    (void)begin(NULL);
    put_bytes_tag(RSDP_1, 19); /* too short to be one */
    put_map();
    put_end();
    assert_null(parse());
    assert_int_equal(found.rsdp, 0);
}

TEST(framebuffers_that_cannot_be_used)
{
    static const struct framebuffer wrong[] = {
        {640 * 4, 640, 480, 24, 1, 16}, {640 * 4, 640, 480, 32, 0, 16}, /* not 32 bits; indexed */
        {160, 80, 25, 16, 2, 16},       {640 * 4, 640, 480, 32, 1, 0},  /* text; red and blue exchanged */
        {640 * 4 - 1, 640, 480, 32, 1, 16}, {640 * 4, 0, 480, 32, 1, 16}, {640 * 4, 640, 0, 32, 1, 16},
        {UINT32_MAX, 640, 480, 32, 1, 16}, {UINT32_MAX, UINT32_MAX, 480, 32, 1, 16},
        {640 * 4, 640, UINT32_MAX, 32, 1, 16},
    };

    for (uint32_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        (void)begin(NULL);
        put_framebuffer(wrong[i]);
        put_map();
        put_end();
        assert_null(parse());
        assert_int_equal(found.framebuffer.addr, 0);
    }
}

TEST(many_modules)
{
    for (uint32_t i = 0; i < BOOT_MODULES_MAX + 3; i++)
        put_module(0x200000 + i * 0x1000, 0x201000 + i * 0x1000,
                   "a module whose command line is longer than there is room for it");
    put_map();
    put_end();
    assert_null(parse());
    assert_int_equal(found.module_count, BOOT_MODULES_MAX);
    assert_int_equal(strlen(found.module[3].cmdline), sizeof found.module[3].cmdline - 1);
}

TEST(text_without_an_end)
{
    uint32_t at = tag_begin(CMDLINE);
    put_text(&blob, "abc", 3);
    tag_end(at);
    put_map();
    put_end();
    assert_null(parse());
    assert_string_equal(found.cmdline, "abc");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(everything_is_found, begin),
        cmocka_unit_test_setup(truncated_at_every_byte, begin),
        cmocka_unit_test_setup(every_tag_size_is_checked, begin),
        cmocka_unit_test_setup(misaligned_information_is_refused, begin),
        cmocka_unit_test_setup(no_map, begin),
        cmocka_unit_test_setup(map_entries_of_other_sizes, begin),
        cmocka_unit_test_setup(efi_map_serves_without_another, begin),
        cmocka_unit_test_setup(the_newer_root_pointer_counts, begin),
        cmocka_unit_test_setup(framebuffers_that_cannot_be_used, begin),
        cmocka_unit_test_setup(many_modules, begin),
        cmocka_unit_test_setup(text_without_an_end, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
