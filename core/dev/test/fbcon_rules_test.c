/* SPDX-License-Identifier: MIT */
#include <support/unit.h>

#include <string.h>

#include <dev/fbcon_rules.h>
#include <dev/font.h>

static const struct boot_framebuffer vga = {.addr = 0x1000, .width = 640, .height = 480, .pitch = 2560, .bpp = 32};
static const struct fbcon_grid grid = {80, 30};

static status_t fit(struct boot_framebuffer fb)
{
    struct fbcon_grid out;

    return fbcon_fit(fb, &out);
}

static void assert_grid(struct boot_framebuffer fb, uint32_t columns, uint32_t rows)
{
    struct fbcon_grid out = {0, 0};

    assert_ok(fbcon_fit(fb, &out));
    assert_int_equal(out.columns, columns);
    assert_int_equal(out.rows, rows);
}

static void assert_place(struct fbcon_place at, uint32_t column, uint32_t row)
{
    assert_int_equal(at.column, column);
    assert_int_equal(at.row, row);
}

static void a_vga_screen_has_80_columns_and_30_rows(void **state)
{
    (void)state;
    assert_grid(vga, 80, 30);
}

static void cells_that_do_not_fit_whole_are_left_out(void **state)
{
    struct boot_framebuffer fb = vga;

    (void)state;
    fb.width = 639;
    fb.height = 479;
    assert_grid(fb, 79, 29);
}

static void the_smallest_screen_is_one_character(void **state)
{
    struct boot_framebuffer fb = {.width = 8, .height = 16, .pitch = 32, .bpp = 32};

    (void)state;
    assert_grid(fb, 1, 1);
}

static void a_screen_narrower_than_a_character_is_refused(void **state)
{
    struct boot_framebuffer fb = vga;

    (void)state;
    fb.width = 7;
    assert_status(fit(fb), ERR_INVALID_ARGS);
    fb.width = 0;
    assert_status(fit(fb), ERR_INVALID_ARGS);
}

static void a_screen_lower_than_a_character_is_refused(void **state)
{
    struct boot_framebuffer fb = vga;

    (void)state;
    fb.height = 15;
    assert_status(fit(fb), ERR_INVALID_ARGS);
    fb.height = 0;
    assert_status(fit(fb), ERR_INVALID_ARGS);
}

static void only_32_bits_per_pixel_are_accepted(void **state)
{
    const uint32_t others[] = {0, 1, 8, 15, 16, 24, 30, 64, 0xFFFFFFFF};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        struct boot_framebuffer fb = vga;

        fb.bpp = others[i];
        assert_status(fit(fb), ERR_INVALID_ARGS);
    }
}

static void a_pitch_shorter_than_a_row_is_refused(void **state)
{
    struct boot_framebuffer fb = vga;

    (void)state;
    fb.pitch = 2556;
    assert_status(fit(fb), ERR_INVALID_ARGS);
    fb.pitch = 0;
    assert_status(fit(fb), ERR_INVALID_ARGS);
}

static void a_pitch_longer_than_a_row_is_accepted(void **state)
{
    struct boot_framebuffer fb = vga;

    (void)state;
    fb.pitch = 2564;
    assert_grid(fb, 80, 30);
}

static void a_pitch_of_broken_pixels_is_refused(void **state)
{
    struct boot_framebuffer fb = vga;

    (void)state;
    for (fb.pitch = 2561; fb.pitch < 2564; fb.pitch++)
        assert_status(fit(fb), ERR_INVALID_ARGS);
}

static void an_unaligned_address_is_refused(void **state)
{
    struct boot_framebuffer fb = vga;

    (void)state;
    fb.addr = 0x1002;
    assert_status(fit(fb), ERR_INVALID_ARGS);
}

static void a_width_whose_bytes_overflow_32_bits_is_refused(void **state)
{
    struct boot_framebuffer fb = vga;

    (void)state;
    fb.width = 0x40000001; /* times 4 is 4 in 32 bits */
    assert_status(fit(fb), ERR_INVALID_ARGS);
}

static void a_large_screen_is_used_up_to_the_maximum(void **state)
{
    struct boot_framebuffer fb = {.width = 7680, .height = 4320, .pitch = 7680 * 4, .bpp = 32};

    (void)state;
    assert_grid(fb, FBCON_COLUMNS_MAX, FBCON_ROWS_MAX);
}

static void size_ends_with_the_last_pixel(void **state)
{
    struct boot_framebuffer fb = {.width = 8, .height = 16, .pitch = 100, .bpp = 32};

    (void)state;
    assert_int_equal(fbcon_size(fb), 15 * 100 + 32);
}

static void size_does_not_overflow(void **state)
{
    struct boot_framebuffer fb = {.width = 0x3FFFFFFF, .height = 0xFFFFFFFF, .pitch = 0xFFFFFFFC, .bpp = 32};

    (void)state;
    assert_int_equal(fbcon_size(fb), 0xFFFFFFFEull * 0xFFFFFFFCull + 0xFFFFFFFCull);
}

static void offset_counts_columns_rows_and_lines(void **state)
{
    (void)state;
    assert_int_equal(fbcon_offset(2560, (struct fbcon_place){0, 0}, 0), 0);
    assert_int_equal(fbcon_offset(2560, (struct fbcon_place){3, 0}, 0), 3 * 32);
    assert_int_equal(fbcon_offset(2560, (struct fbcon_place){0, 2}, 0), 2 * 16 * 2560);
    assert_int_equal(fbcon_offset(2560, (struct fbcon_place){0, 0}, 15), 15 * 2560);
    assert_int_equal(fbcon_offset(2564, (struct fbcon_place){79, 29}, 5), (29 * 16 + 5) * 2564 + 79 * 32);
}

/* Each byte of a small screen belongs to at most one pixel row of one cell, and none lies outside. */
static void no_two_cells_share_a_pixel_and_none_lies_outside(void **state)
{
    (void)state;
    for (uint32_t width = 8; width <= 34; width++) {
        struct boot_framebuffer fb = {.width = width, .height = 50, .pitch = width * 4 + width % 3 * 4, .bpp = 32};
        static uint8_t owned[64 * 256];
        struct fbcon_grid fits;

        memset(owned, 0, sizeof(owned));
        assert_ok(fbcon_fit(fb, &fits));
        for (struct fbcon_place at = {0, 0}; at.row < fits.rows; at.row++) {
            for (at.column = 0; at.column < fits.columns; at.column++) {
                for (uint32_t line = 0; line < FONT_HEIGHT; line++) {
                    uint64_t offset = fbcon_offset(fb.pitch, at, line);

                    assert_true(offset + FONT_WIDTH * 4 <= fbcon_size(fb));
                    for (uint32_t i = 0; i < FONT_WIDTH * 4; i++)
                        assert_int_equal(owned[offset + i]++, 0);
                }
            }
        }
    }
}

static void newline_goes_to_the_beginning_of_the_next_row(void **state)
{
    struct fbcon_step step = fbcon_newline(grid, (struct fbcon_place){17, 3});

    (void)state;
    assert_place(step.place, 0, 4);
    assert_false(step.scroll);
}

static void newline_in_the_last_row_scrolls_and_stays_there(void **state)
{
    struct fbcon_step step = fbcon_newline(grid, (struct fbcon_place){17, 29});

    (void)state;
    assert_place(step.place, 0, 29);
    assert_true(step.scroll);
}

static void a_character_fits_up_to_the_last_column(void **state)
{
    struct fbcon_step step = fbcon_room(grid, (struct fbcon_place){79, 29});

    (void)state;
    assert_place(step.place, 79, 29);
    assert_false(step.scroll);
}

static void a_full_row_makes_the_character_start_the_next(void **state)
{
    struct fbcon_step step = fbcon_room(grid, (struct fbcon_place){80, 5});

    (void)state;
    assert_place(step.place, 0, 6);
    assert_false(step.scroll);
}

static void a_full_last_row_scrolls(void **state)
{
    struct fbcon_step step = fbcon_room(grid, (struct fbcon_place){80, 29});

    (void)state;
    assert_place(step.place, 0, 29);
    assert_true(step.scroll);
}

static void carriage_return_goes_to_the_beginning_of_the_row(void **state)
{
    (void)state;
    assert_place(fbcon_move(grid, (struct fbcon_place){80, 7}, '\r'), 0, 7);
}

static void backspace_goes_left_but_not_out_of_the_row(void **state)
{
    (void)state;
    assert_place(fbcon_move(grid, (struct fbcon_place){80, 7}, '\b'), 79, 7);
    assert_place(fbcon_move(grid, (struct fbcon_place){1, 7}, '\b'), 0, 7);
    assert_place(fbcon_move(grid, (struct fbcon_place){0, 7}, '\b'), 0, 7);
}

static void tab_goes_to_the_next_multiple_of_8(void **state)
{
    (void)state;
    assert_place(fbcon_move(grid, (struct fbcon_place){0, 7}, '\t'), 8, 7);
    assert_place(fbcon_move(grid, (struct fbcon_place){7, 7}, '\t'), 8, 7);
    assert_place(fbcon_move(grid, (struct fbcon_place){8, 7}, '\t'), 16, 7);
}

static void tab_stops_in_the_last_column(void **state)
{
    (void)state;
    assert_place(fbcon_move(grid, (struct fbcon_place){75, 7}, '\t'), 79, 7);
    assert_place(fbcon_move(grid, (struct fbcon_place){80, 7}, '\t'), 79, 7);
    assert_place(fbcon_move((struct fbcon_grid){1, 1}, (struct fbcon_place){0, 0}, '\t'), 0, 0);
}

static void other_characters_move_nothing(void **state)
{
    (void)state;
    assert_place(fbcon_move(grid, (struct fbcon_place){5, 7}, 'x'), 5, 7);
    assert_place(fbcon_move(grid, (struct fbcon_place){5, 7}, '\v'), 5, 7);
}

static void the_cursor_of_a_full_row_shows_in_its_last_column(void **state)
{
    (void)state;
    assert_place(fbcon_cursor_cell(grid, (struct fbcon_place){80, 7}), 79, 7);
    assert_place(fbcon_cursor_cell(grid, (struct fbcon_place){79, 7}), 79, 7);
    assert_place(fbcon_cursor_cell(grid, (struct fbcon_place){0, 7}), 0, 7);
}

static void glyphs_are_printable_ascii_and_one_for_the_rest(void **state)
{
    (void)state;
    assert_int_equal(font_glyph(' '), 0);
    assert_int_equal(font_glyph('A'), 33);
    assert_int_equal(font_glyph('~'), FONT_OTHER - 1);
    for (int byte = 0; byte < 256; byte++) {
        if (byte < 0x20 || byte > 0x7E)
            assert_int_equal(font_glyph((char)byte), FONT_OTHER);
        assert_true(font_glyph((char)byte) < FONT_GLYPHS);
    }
}

static void no_two_glyphs_look_the_same(void **state)
{
    (void)state;
    for (uint32_t a = 0; a < FONT_GLYPHS; a++)
        for (uint32_t b = a + 1; b < FONT_GLYPHS; b++)
            assert_memory_not_equal(font_spleen[a], font_spleen[b], FONT_HEIGHT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_vga_screen_has_80_columns_and_30_rows),
        cmocka_unit_test(cells_that_do_not_fit_whole_are_left_out),
        cmocka_unit_test(the_smallest_screen_is_one_character),
        cmocka_unit_test(a_screen_narrower_than_a_character_is_refused),
        cmocka_unit_test(a_screen_lower_than_a_character_is_refused),
        cmocka_unit_test(only_32_bits_per_pixel_are_accepted),
        cmocka_unit_test(a_pitch_shorter_than_a_row_is_refused),
        cmocka_unit_test(a_pitch_longer_than_a_row_is_accepted),
        cmocka_unit_test(a_pitch_of_broken_pixels_is_refused),
        cmocka_unit_test(an_unaligned_address_is_refused),
        cmocka_unit_test(a_width_whose_bytes_overflow_32_bits_is_refused),
        cmocka_unit_test(a_large_screen_is_used_up_to_the_maximum),
        cmocka_unit_test(size_ends_with_the_last_pixel),
        cmocka_unit_test(size_does_not_overflow),
        cmocka_unit_test(offset_counts_columns_rows_and_lines),
        cmocka_unit_test(no_two_cells_share_a_pixel_and_none_lies_outside),
        cmocka_unit_test(newline_goes_to_the_beginning_of_the_next_row),
        cmocka_unit_test(newline_in_the_last_row_scrolls_and_stays_there),
        cmocka_unit_test(a_character_fits_up_to_the_last_column),
        cmocka_unit_test(a_full_row_makes_the_character_start_the_next),
        cmocka_unit_test(a_full_last_row_scrolls),
        cmocka_unit_test(carriage_return_goes_to_the_beginning_of_the_row),
        cmocka_unit_test(backspace_goes_left_but_not_out_of_the_row),
        cmocka_unit_test(tab_goes_to_the_next_multiple_of_8),
        cmocka_unit_test(tab_stops_in_the_last_column),
        cmocka_unit_test(other_characters_move_nothing),
        cmocka_unit_test(the_cursor_of_a_full_row_shows_in_its_last_column),
        cmocka_unit_test(glyphs_are_printable_ascii_and_one_for_the_rest),
        cmocka_unit_test(no_two_glyphs_look_the_same),
    };

    return cmocka_run_group_tests_name("dev_fbcon_rules", tests, NULL, NULL);
}
