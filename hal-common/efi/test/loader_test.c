/* SPDX-License-Identifier: MIT */
#include <support/unit.h>

#include <string.h>

#include "firmware.h"

static struct efi_loader loader;

static bool open_loader(void)
{
    return efi_open(&loader, &firmware, &firmware.system);
}

static void expect_said(const char *text)
{
    if (strstr(firmware.console, text) == NULL)
        fail_msg("the console says '%s', not '%s'", firmware.console, text);
}

/* -- The command line -- */

TEST(load_options_are_the_command_line)
{
    firmware_options("seed=1 quiet");
    assert_true(open_loader());
    assert_string_equal(loader.cmdline, "seed=1 quiet");
}

TEST(load_options_without_end_are_cut)
{
    static uint16_t many[4096];

    for (uint32_t i = 0; i < 4096; i++)
        many[i] = 'a';
    firmware.loaded.options = many;
    firmware.loaded.options_size = sizeof many;
    assert_true(open_loader());
    assert_int_equal(strlen(loader.cmdline), EFI_CMDLINE_MAX - 1);
}

TEST(options_that_are_no_text_do_not_count)
{
    firmware_options("seed=1\x7F");
    firmware.file[0] = (struct firmware_file){.path = EFI_CMDLINE_FILE, .data = "seed=2\r\nseed=3", .size = 14};
    assert_true(open_loader());
    assert_string_equal(loader.cmdline, "seed=2");
}

TEST(no_command_line_at_all)
{
    assert_true(open_loader());
    assert_string_equal(loader.cmdline, "");
    assert_string_equal(firmware.console, "");
    firmware.loaded.options = NULL;
    firmware.loaded.options_size = 100;
    assert_true(open_loader());
    assert_string_equal(loader.cmdline, "");
}

TEST(a_long_file_is_cut)
{
    static char many[5000];

    memset(many, 'b', sizeof many);
    firmware.file[0] = (struct firmware_file){.path = EFI_CMDLINE_FILE, .data = many, .size = sizeof many};
    assert_true(open_loader());
    assert_int_equal(strlen(loader.cmdline), EFI_CMDLINE_MAX - 1);
}

TEST(an_image_from_nowhere)
{
    firmware.has_loaded_image = false;
    assert_false(open_loader());
    expect_said("aegis: the firmware does not say where the loader came from (EFI status 8000000000000003)\r\n");
}

/* -- Files -- */

TEST(the_task_image_is_read)
{
    firmware.file[0] = (struct firmware_file){.path = EFI_IMAGE_FILE, .data = "0123456789", .size = 10};
    assert_true(open_loader());
    assert_true(efi_read_tasks(&loader, EFI_ANYWHERE));
    assert_int_equal(loader.tasks.size, 10);
    assert_memory_equal(loader.tasks.data, "0123456789", 10);
}

TEST(the_command_line_names_the_image)
{
    firmware.file[0] = (struct firmware_file){.path = EFI_IMAGE_FILE, .data = "no", .size = 2};
    firmware.file[1] = (struct firmware_file){.path = "\\images\\tour.img", .data = "yes", .size = 3};
    firmware_options("initrd=/images/tour.img quiet");
    assert_true(open_loader());
    assert_true(efi_read_tasks(&loader, EFI_ANYWHERE));
    assert_int_equal(loader.tasks.size, 3);
}

TEST(missing_files_are_named)
{
    assert_true(open_loader());
    assert_false(efi_read_tasks(&loader, EFI_ANYWHERE));
    expect_said("aegis: \\aegis\\tasks.img: cannot be opened on the boot volume (EFI status 800000000000000e)\r\n");
    firmware.has_volume = false;
    assert_false(efi_read_tasks(&loader, EFI_ANYWHERE));
    expect_said("(EFI status 8000000000000003)");
    assert_false(efi_has_file(&loader, EFI_IMAGE_FILE));
}

TEST(a_long_path_is_not_found)
{
    char path[400];

    memset(path, 'x', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    assert_true(open_loader());
    assert_false(efi_has_file(&loader, path));
    assert_false(efi_read(&loader, path, EFI_ANYWHERE, &loader.tasks));
}

TEST(sizes_that_cannot_be)
{
    firmware.file[0] = (struct firmware_file){.path = EFI_IMAGE_FILE, .data = "", .size = 0};
    assert_true(open_loader());
    assert_false(efi_read_tasks(&loader, EFI_ANYWHERE));
    expect_said("\\aegis\\tasks.img: 0 bytes: empty or too large");
    firmware.file[0].size = EFI_FILE_MAX + 1ull;
    assert_false(efi_read_tasks(&loader, EFI_ANYWHERE));
    expect_said("\\aegis\\tasks.img: 268435457 bytes: empty or too large");
}

TEST(a_file_that_ends_early)
{
    firmware.file[0] = (struct firmware_file){.path = EFI_IMAGE_FILE, .data = "0123456789", .size = 10, .short_by = 3};
    assert_true(open_loader());
    assert_false(efi_read_tasks(&loader, EFI_ANYWHERE));
    expect_said("\\aegis\\tasks.img: reading stopped after 7 of 10 bytes (EFI status 0)");
}

/* -- Memory -- */

TEST(memory_that_is_out)
{
    firmware.file[0] = (struct firmware_file){.path = EFI_IMAGE_FILE, .data = "0123456789", .size = 10};
    assert_true(open_loader());
    firmware.allocations_left = 0;
    assert_false(efi_read_tasks(&loader, EFI_ANYWHERE));
    expect_said("\\aegis\\tasks.img: no 10 bytes of free memory (EFI status 8000000000000009)");
}

TEST(memory_that_is_taken)
{
    assert_true(open_loader());
    assert_true(efi_claim(&loader, 0x200000, 0x1001, "the kernel"));
    assert_int_equal(firmware.claimed, 0x200000);
    firmware.refuse_claim = true;
    assert_false(efi_claim(&loader, 0x200000, 0x1001, "the kernel"));
    expect_said("aegis: the kernel must lie at 200000 to 201001, and the firmware uses that memory");
}

TEST(no_memory_map)
{
    struct efi_map map;

    assert_true(open_loader());
    firmware.has_map = false;
    assert_false(efi_get_map(&loader, &map));
    expect_said("the firmware gives no memory map (EFI status 8000000000000003)");
}

/* -- The end of boot services -- */

TEST(a_stale_map_is_asked_for_again)
{
    struct efi_map map;

    assert_true(open_loader());
    firmware.stale_keys = 3;
    assert_true(efi_exit(&loader, &map));
    assert_true(firmware.exited);
    assert_int_equal(efi_map_get(&map, 0)->physical, 0x1000);
    assert_null(efi_map_get(&map, 1));
}

TEST(a_map_that_never_settles)
{
    struct efi_map map;

    assert_true(open_loader());
    firmware.stale_keys = 100;
    assert_false(efi_exit(&loader, &map));
    expect_said("boot services do not end (EFI status 8000000000000002)");
}

TEST(a_firmware_that_goes_on)
{
    struct efi_map map;

    assert_true(open_loader());
    firmware.stale_keys = 1;
    firmware.exit_status = EFI_LOAD_ERROR;
    assert_false(efi_exit(&loader, &map));
    expect_said("boot services do not end (EFI status 8000000000000001)");
}

/* -- Screen, tables, text -- */

TEST(only_a_linear_screen_counts)
{
    struct efi_graphics_info info = {.width = 800, .height = 600, .format = EFI_PIXEL_BGRX, .pixels_per_line = 1024};
    struct efi_graphics_mode mode = {.info = &info, .base = 0xC0000000, .size = 0x258000};

    assert_true(open_loader());
    efi_find_screen(&loader);
    assert_int_equal(loader.screen.address, 0);
    firmware.mode = &mode;
    info.format = 3; /* block transfers only */
    efi_find_screen(&loader);
    assert_int_equal(loader.screen.address, 0);
    info.format = EFI_PIXEL_BGRX;
    efi_find_screen(&loader);
    assert_int_equal(loader.screen.address, 0xC0000000);
    assert_int_equal(loader.screen.stride, 4096);
}

TEST(tables_are_found_by_name)
{
    struct efi_configuration tables[] = {{{1, 2, 3, {4}}, &loader}, {{1, 2, 3, {5}}, &firmware}};
    struct efi_guid second = {1, 2, 3, {5}}, none = {9, 2, 3, {5}};

    firmware.system.configuration = tables;
    firmware.system.configuration_count = 2;
    assert_true(open_loader());
    assert_ptr_equal(efi_configuration(&loader, &second), &firmware);
    assert_null(efi_configuration(&loader, &none));
}

TEST(long_text_is_cut_and_no_console_is_no_harm)
{
    char text[1000];

    memset(text, 'z', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_true(open_loader());
    efi_say(&loader, "%s", text);
    assert_true(strlen(firmware.console) < 250);
    expect_said("zzz\r\n");
    firmware.system.out = NULL;
    efi_say(&loader, "nobody hears this");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, firmware_setup, firmware_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(load_options_are_the_command_line), CASE(load_options_without_end_are_cut),
        CASE(options_that_are_no_text_do_not_count), CASE(no_command_line_at_all), CASE(a_long_file_is_cut),
        CASE(an_image_from_nowhere), CASE(the_task_image_is_read), CASE(the_command_line_names_the_image),
        CASE(missing_files_are_named), CASE(a_long_path_is_not_found), CASE(sizes_that_cannot_be),
        CASE(a_file_that_ends_early), CASE(memory_that_is_out), CASE(memory_that_is_taken), CASE(no_memory_map),
        CASE(a_stale_map_is_asked_for_again), CASE(a_map_that_never_settles), CASE(a_firmware_that_goes_on),
        CASE(only_a_linear_screen_counts), CASE(tables_are_found_by_name),
        CASE(long_text_is_cut_and_no_console_is_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
