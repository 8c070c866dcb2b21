/* SPDX-License-Identifier: MIT */
/* What the console shows. */
#include "screen.h"

#include <stdlib.h>
#include <string.h>

#include <base/hash.h>
#include <dev/font.h>
#include <diag/console.h>
#include <diag/panic.h>
#include <port/state.h>

static void a_letter_is_drawn_as_the_font_has_it(void **state)
{
    const char *const drawing[FONT_HEIGHT] = {
        "........", "........", ".#####..", "##...##.", "##...##.", "##...##.", "#######.", "##...##.",
        "##...##.", "##...##.", "##...##.", "##...##.", "........", "........", "........", "........"};

    (void)state;
    screen(3, 2, 0);
    type(" A");
    for (uint32_t y = 0; y < FONT_HEIGHT; y++)
        for (uint32_t x = 0; x < FONT_WIDTH; x++)
            assert_int_equal(pixel(FONT_WIDTH + x, y), drawing[y][x] == '#' ? TEXT : PAPER);
}

static void every_byte_has_its_glyph(void **state)
{
    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        char c = (char)byte;

        if (c == '\n' || c == '\r' || c == '\b' || c == '\t')
            continue;
        screen(2, 1, 0);
        fbcon_write(&c, 1);
        assert_cell(0, 0, c, TEXT, PAPER);
    }
}

static void the_cursor_is_an_inverted_cell_after_the_text(void **state)
{
    (void)state;
    screen(4, 2, 0);
    assert_cell(0, 0, ' ', PAPER, TEXT);
    type("ab");
    assert_cell(0, 0, 'a', TEXT, PAPER);
    assert_cell(1, 0, 'b', TEXT, PAPER);
    assert_cell(2, 0, ' ', PAPER, TEXT);
}

static void the_cursor_inverts_the_letter_under_it(void **state)
{
    (void)state;
    screen(4, 2, 0);
    type("ab\b");
    assert_cell(1, 0, 'b', PAPER, TEXT);
    type("\r");
    assert_cell(0, 0, 'a', PAPER, TEXT);
    assert_cell(1, 0, 'b', TEXT, PAPER);
}

static void newline_starts_the_next_row(void **state)
{
    (void)state;
    screen(4, 3, 0);
    type("ab\nc");
    assert_row(0, "ab");
    assert_row(1, "c");
    assert_row(2, "");
}

static void long_lines_wrap(void **state)
{
    (void)state;
    screen(4, 3, 0);
    type("abcdefg");
    assert_row(0, "abcd");
    assert_row(1, "efg");
}

static void a_line_as_long_as_the_row_leaves_no_empty_row(void **state)
{
    (void)state;
    screen(4, 3, 0);
    type("abcd\nef");
    assert_row(0, "abcd");
    assert_row(1, "ef");
}

static void the_last_row_scrolls_up(void **state)
{
    (void)state;
    screen(4, 3, 0);
    type("a\nb\nc\n");
    assert_row(0, "b");
    assert_row(1, "c");
    assert_row(2, "");
    type("d\nefgh");
    assert_row(0, "c");
    assert_row(1, "d");
    assert_row(2, "efgh");
}

static void wrapping_in_the_last_row_scrolls_up(void **state)
{
    (void)state;
    screen(4, 2, 0);
    type("abcdefghij");
    assert_row(0, "efgh");
    assert_row(1, "ij");
}

static void one_character_of_screen_is_enough(void **state)
{
    (void)state;
    screen(1, 1, 0);
    type("a");
    assert_true(shows(0, 0, 'a'));
    type("b\t\t");
    assert_true(shows(0, 0, 'b'));
    type("\n");
    assert_true(shows(0, 0, ' '));
    type("\b\b\rc");
    assert_true(shows(0, 0, 'c'));
}

static void one_row_scrolls_its_text_away(void **state)
{
    (void)state;
    screen(5, 1, 0);
    type("hello\nyou");
    assert_row(0, "you");
}

static void carriage_return_lets_the_row_be_overwritten(void **state)
{
    (void)state;
    screen(6, 1, 0);
    type("abcdef\rxy");
    assert_row(0, "xycdef");
}

static void backspace_steps_back_without_erasing(void **state)
{
    (void)state;
    screen(4, 1, 0);
    type("abc\b\bx");
    assert_row(0, "axc");
    type("\b\b\b\b\by");
    assert_row(0, "yxc");
}

static void backspace_from_a_full_row_returns_to_its_last_column(void **state)
{
    (void)state;
    screen(4, 2, 0);
    type("abcd\bx");
    assert_row(0, "abcx");
    assert_row(1, "");
}

static void tab_leaves_what_it_passes(void **state)
{
    (void)state;
    screen(20, 1, 0);
    type("abc\rx\ty");
    assert_row(0, "xbc     y");
}

static void a_warning_colours_its_whole_line(void **state)
{
    (void)state;
    screen(40, 3, 0);
    type("[TICK:0000002A] [T3] [WARN] low\nnext");
    assert_cell(1, 0, 'T', WARN, PAPER);
    assert_cell(22, 0, 'W', WARN, PAPER);
    assert_cell(30, 0, 'w', WARN, PAPER);
    assert_cell(0, 1, 'n', TEXT, PAPER);
}

static void an_error_colours_its_whole_line(void **state)
{
    (void)state;
    screen(40, 3, 0);
    type("ok\n[TICK:0000002A] [T3] [ERROR] lost\n");
    assert_cell(0, 0, 'o', TEXT, PAPER);
    assert_cell(0, 1, '[', ERROR, PAPER);
    assert_cell(32, 1, 't', ERROR, PAPER);
    assert_cell(0, 2, ' ', PAPER, TEXT);
}

static void a_panic_colours_its_line(void **state)
{
    (void)state;
    screen(40, 2, 0);
    type("panic: core/x.c:1 f: no\n");
    assert_cell(0, 0, 'p', ERROR, PAPER);
    assert_cell(22, 0, 'o', ERROR, PAPER);
}

static void the_colour_goes_on_where_the_line_wraps(void **state)
{
    (void)state;
    screen(10, 3, 0);
    type("[WARN] abcdefgh\ni");
    assert_cell(9, 0, 'c', WARN, PAPER);
    assert_cell(4, 1, 'h', WARN, PAPER);
    assert_cell(0, 2, 'i', TEXT, PAPER);
}

static void other_words_in_brackets_colour_nothing(void **state)
{
    (void)state;
    screen(40, 2, 0);
    type("[INFO] WARN] [WARN [ERRORS] anic:\n]");
    assert_cell(1, 0, 'I', TEXT, PAPER);
    assert_cell(24, 0, 'R', TEXT, PAPER);
    assert_cell(30, 0, 'i', TEXT, PAPER);
}

static void colours_scroll_with_their_text(void **state)
{
    (void)state;
    screen(10, 2, 0);
    type("a\n[WARN] b\nc\n");
    assert_cell(0, 0, 'c', TEXT, PAPER);
    screen(10, 3, 0);
    type("a\n[WARN] b\nc\n");
    assert_cell(7, 0, 'b', WARN, PAPER);
    assert_cell(0, 1, 'c', TEXT, PAPER);
}

static void shows_needs_the_very_pixels(void **state)
{
    (void)state;
    screen(4, 3, 0);
    type("ab");
    assert_true(shows(1, 0, 'b'));
    assert_false(shows(1, 0, 'a'));
    null_port.framebuffer[9 * 4] ^= 1;
    assert_false(shows(1, 0, 'b'));
    assert_true(shows(0, 0, 'a'));
    null_port.framebuffer[9 * 4] ^= 1;
    null_port.framebuffer[(15 * 32 + 15) * 4] ^= 1;
    assert_false(shows(1, 0, 'b'));
}

static void shows_knows_only_its_screen(void **state)
{
    (void)state;
    screen(4, 3, 0);
    assert_true(shows(3, 2, ' '));
    assert_false(shows(4, 2, ' '));
    assert_false(shows(3, 3, ' '));
}

/* The same rules written down once more, the simple way: text first, all pixels afterwards. */
struct model {
    char text[5][12];
    uint32_t columns, rows, column, row;
};

static void model_newline(struct model *m)
{
    m->column = 0;
    if (++m->row < m->rows)
        return;
    m->row--;
    memmove(m->text[0], m->text[1], sizeof(m->text) - sizeof(m->text[0]));
    memset(m->text[m->row], ' ', sizeof(m->text[0]));
}

static void model_put(struct model *m, char c)
{
    switch (c) {
    case '\n':
        model_newline(m);
        break;
    case '\r':
        m->column = 0;
        break;
    case '\b':
        m->column -= m->column > 0;
        break;
    case '\t':
        m->column = (m->column / 8 + 1) * 8;
        m->column = m->column < m->columns ? m->column : m->columns - 1;
        break;
    default:
        if (m->column == m->columns)
            model_newline(m);
        m->text[m->row][m->column++] = c;
    }
}

static void random_text_looks_as_a_simple_model_says(void **state)
{
    static const char alphabet[] = "abcdefghij ~!\x80\n\n\r\b\t";

    (void)state;
    srand(7);
    for (uint32_t round = 0; round < 60; round++) {
        struct model m = {.columns = 1 + round % 12, .rows = 1 + round % 5};

        memset(m.text, ' ', sizeof(m.text));
        screen(m.columns, m.rows, round % 7);
        for (int i = 0; i < 300; i++) {
            char burst[16];
            size_t len = (size_t)rand() % (sizeof(burst) + 1);

            for (size_t k = 0; k < len; k++) {
                burst[k] = alphabet[(size_t)rand() % (sizeof(alphabet) - 1)];
                model_put(&m, burst[k]);
            }
            fbcon_write(burst, len);
        }
        for (uint32_t row = 0; row < m.rows; row++)
            for (uint32_t column = 0; column < m.columns; column++) {
                bool cursor = row == m.row && column == (m.column < m.columns ? m.column : m.columns - 1);

                assert_cell(column, row, m.text[row][column], cursor ? PAPER : TEXT, cursor ? TEXT : PAPER);
            }
    }
}

static uint64_t hash_now(void)
{
    struct hash h;

    hash_init(&h, 0);
    fbcon_check_module.hash(&h);
    return hash_final(&h);
}

static void the_hash_covers_text_cursor_and_colour(void **state)
{
    uint64_t empty, text, moved, warned;

    (void)state;
    screen(10, 3, 0);
    empty = hash_now();
    type("a");
    text = hash_now();
    type("\r");
    moved = hash_now();
    assert_int_not_equal(text, moved);
    assert_int_not_equal(moved, empty);
    type(" \r");
    assert_int_equal(hash_now(), empty);
    type("[WARN]\n");
    warned = hash_now();
    assert_ok(fbcon_init(fb));
    type("[WARN\b\b\b\b\b[WARN]\n"); /* the same text, written in another way */
    assert_int_equal(hash_now(), warned);
}

static void the_kernel_console_appears_on_the_screen(void **state)
{
    (void)state;
    screen(20, 3, 0);
    console_set_mirror(fbcon_write);
    console_append("hello,\nscreen\n", 14);
    console_flush();
    assert_row(0, "hello,");
    assert_row(1, "screen");
    assert_string_equal(null_serial(), "hello,\nscreen\n");
}

static void fall(void *arg)
{
    (void)arg;
    panic("fell %d floors", 3);
}

static void a_panic_appears_on_the_screen(void **state)
{
    static const char heading[] = "last log lines:";
    bool found = false;

    (void)state;
    screen(80, 30, 0);
    console_set_mirror(fbcon_write);
    assert_int_equal(null_run(fall, NULL).kind, NULL_OFF);
    for (uint32_t row = 0; row < fbcon_grid().rows && !found; row++) {
        found = true;
        for (uint32_t i = 0; heading[i] != '\0'; i++)
            found = found && shows(i, row, heading[i]);
    }
    assert_true(found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_letter_is_drawn_as_the_font_has_it),
        cmocka_unit_test(every_byte_has_its_glyph),
        cmocka_unit_test(the_cursor_is_an_inverted_cell_after_the_text),
        cmocka_unit_test(the_cursor_inverts_the_letter_under_it),
        cmocka_unit_test(newline_starts_the_next_row),
        cmocka_unit_test(long_lines_wrap),
        cmocka_unit_test(a_line_as_long_as_the_row_leaves_no_empty_row),
        cmocka_unit_test(the_last_row_scrolls_up),
        cmocka_unit_test(wrapping_in_the_last_row_scrolls_up),
        cmocka_unit_test(one_character_of_screen_is_enough),
        cmocka_unit_test(one_row_scrolls_its_text_away),
        cmocka_unit_test(carriage_return_lets_the_row_be_overwritten),
        cmocka_unit_test(backspace_steps_back_without_erasing),
        cmocka_unit_test(backspace_from_a_full_row_returns_to_its_last_column),
        cmocka_unit_test(tab_leaves_what_it_passes),
        cmocka_unit_test(a_warning_colours_its_whole_line),
        cmocka_unit_test(an_error_colours_its_whole_line),
        cmocka_unit_test(a_panic_colours_its_line),
        cmocka_unit_test(the_colour_goes_on_where_the_line_wraps),
        cmocka_unit_test(other_words_in_brackets_colour_nothing),
        cmocka_unit_test(colours_scroll_with_their_text),
        cmocka_unit_test(shows_needs_the_very_pixels),
        cmocka_unit_test(shows_knows_only_its_screen),
        cmocka_unit_test(random_text_looks_as_a_simple_model_says),
        cmocka_unit_test(the_hash_covers_text_cursor_and_colour),
        cmocka_unit_test(the_kernel_console_appears_on_the_screen),
        cmocka_unit_test(a_panic_appears_on_the_screen),
    };

    return cmocka_run_group_tests_name("dev_fbcon", tests, NULL, NULL);
}
