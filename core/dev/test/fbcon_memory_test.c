/* SPDX-License-Identifier: MIT */
/* Which framebuffers the console takes, and that it stays inside them. */
#include "screen.h"

#include <string.h>

#include <arch/memory.h>
#include <dev/font.h>
#include <port/state.h>

static void init_clears_the_whole_screen(void **state)
{
    (void)state;
    screen(80, 30, 0);
    for (uint32_t y = 0; y < fb.height; y++)
        for (uint32_t x = y < FONT_HEIGHT ? FONT_WIDTH : 0; x < fb.width; x++)
            assert_int_equal(pixel(x, y), PAPER);
}

static void init_clears_what_no_cell_covers(void **state)
{
    (void)state;
    screen(2, 2, 0);
    fb.width = 23;
    fb.height = 47;
    fb.pitch = 23 * 4;
    assert_ok(fbcon_init(fb));
    assert_int_equal(pixel(22, 46), PAPER);
    assert_int_equal(word((uint64_t)23 * 47 * 4), UNTOUCHED);
}

static void padding_between_rows_is_never_written(void **state)
{
    (void)state;
    screen(4, 3, 5);
    type("abcdefghijklmn\nopq\n[ERROR] stuvwxyz\n\n");
    for (uint32_t y = 0; y + 1 < fb.height; y++)
        for (uint32_t x = fb.width; x < fb.width + 5; x++)
            assert_int_equal(pixel(x, y), UNTOUCHED);
}

static void text_is_in_place_whatever_the_pitch(void **state)
{
    (void)state;
    for (uint32_t padding = 0; padding < 20; padding++) {
        screen(4, 3, padding);
        type("abcdefg\nh");
        assert_cell(1, 1, 'f', TEXT, PAPER);
        assert_row(0, "abcd");
        assert_row(1, "efg");
        assert_row(2, "h");
    }
}

static void nothing_behind_the_last_pixel_is_written(void **state)
{
    (void)state;
    screen(4, 3, 3);
    for (int i = 0; i < 500; i++)
        type("a\tbcd\n\xFF\rxyz\b\b\b\b\b\b\b");
    for (uint64_t at = fbcon_size(fb); at < null_port.framebuffer_size; at += 4)
        assert_int_equal(word(at), UNTOUCHED);
}

static void a_screen_beyond_the_maximum_stays_empty_there(void **state)
{
    (void)state;
    screen(1, 70, 0); /* two rows more than FBCON_ROWS_MAX */
    assert_int_equal(fbcon_grid().rows, FBCON_ROWS_MAX);
    for (int i = 0; i < 200; i++)
        type("X\n");
    assert_true(shows(0, FBCON_ROWS_MAX - 2, 'X'));
    for (uint32_t y = FBCON_ROWS_MAX * FONT_HEIGHT; y < fb.height; y++)
        for (uint32_t x = 0; x < fb.width; x++)
            assert_int_equal(pixel(x, y), PAPER);
}

static void a_framebuffer_that_ends_outside_memory_is_refused(void **state)
{
    (void)state;
    screen(4, 3, 0);
    fb.height = (uint32_t)(null_port.framebuffer_size / fb.pitch) + 1;
    assert_status(fbcon_init(fb), ERR_INVALID_ARGS);
    fb.height--;
    assert_ok(fbcon_init(fb));
}

static void a_framebuffer_that_starts_outside_memory_is_refused(void **state)
{
    (void)state;
    screen(4, 3, 0);
    fb.addr -= 4;
    assert_status(fbcon_init(fb), ERR_INVALID_ARGS);
    fb.addr = 0x10;
    assert_status(fbcon_init(fb), ERR_INVALID_ARGS);
}

static void a_framebuffer_that_wraps_around_is_refused(void **state)
{
    (void)state;
    screen(4, 3, 0);
    fb.addr = UINT64_MAX - 3;
    assert_status(fbcon_init(fb), ERR_INVALID_ARGS);
}

static void a_framebuffer_from_one_memory_into_another_is_refused(void **state)
{
    (void)state;
    screen(4, 3, 0);
    fb.pitch = (uint32_t)(fb.addr - ARCH_RAM_BASE) / 16;
    fb.addr = ARCH_RAM_BASE;
    fb.height = 17; /* the last row is the framebuffer's first */
    assert_status(fbcon_init(fb), ERR_INVALID_ARGS);
}

static void bad_geometry_is_refused_without_a_pixel_drawn(void **state)
{
    (void)state;
    screen(4, 3, 0);
    memset(null_port.framebuffer, 0xA5, null_port.framebuffer_size);
    fb.bpp = 16;
    assert_status(fbcon_init(fb), ERR_INVALID_ARGS);
    for (uint64_t at = 0; at < null_port.framebuffer_size; at += 4)
        assert_int_equal(word(at), UNTOUCHED);
}

static void after_a_refusal_there_is_no_screen(void **state)
{
    (void)state;
    screen(4, 3, 0);
    fb.bpp = 16;
    assert_status(fbcon_init(fb), ERR_INVALID_ARGS);
    memset(null_port.framebuffer, 0xA5, null_port.framebuffer_size);
    type("abc\n");
    assert_int_equal(word(0), UNTOUCHED);
    assert_int_equal(fbcon_grid().columns, 0);
    assert_int_equal(fbcon_grid().rows, 0);
    assert_false(shows(0, 0, 'a'));
}

static void before_init_text_goes_nowhere(void **state)
{
    const struct null_config config = {.framebuffer = true};

    (void)state;
    null_reset(&config);
    type("abc");
    assert_int_equal(word(0), 0);
    assert_int_equal(fbcon_grid().columns, 0);
}

static void init_again_starts_an_empty_screen(void **state)
{
    (void)state;
    screen(10, 3, 0);
    type("ab\n[ERROR]");
    assert_ok(fbcon_init(fb));
    assert_row(0, "");
    type("x");
    assert_cell(0, 0, 'x', TEXT, PAPER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_clears_the_whole_screen),
        cmocka_unit_test(init_clears_what_no_cell_covers),
        cmocka_unit_test(padding_between_rows_is_never_written),
        cmocka_unit_test(text_is_in_place_whatever_the_pitch),
        cmocka_unit_test(nothing_behind_the_last_pixel_is_written),
        cmocka_unit_test(a_screen_beyond_the_maximum_stays_empty_there),
        cmocka_unit_test(a_framebuffer_that_ends_outside_memory_is_refused),
        cmocka_unit_test(a_framebuffer_that_starts_outside_memory_is_refused),
        cmocka_unit_test(a_framebuffer_that_wraps_around_is_refused),
        cmocka_unit_test(a_framebuffer_from_one_memory_into_another_is_refused),
        cmocka_unit_test(bad_geometry_is_refused_without_a_pixel_drawn),
        cmocka_unit_test(after_a_refusal_there_is_no_screen),
        cmocka_unit_test(before_init_text_goes_nowhere),
        cmocka_unit_test(init_again_starts_an_empty_screen),
    };

    return cmocka_run_group_tests_name("dev_fbcon_memory", tests, NULL, NULL);
}
