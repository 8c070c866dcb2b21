/* SPDX-License-Identifier: MIT */
#include "screen.h"

#include <string.h>

#include <dev/font.h>
#include <port/state.h>

struct boot_framebuffer fb;

void screen(uint32_t columns, uint32_t rows, uint32_t padding)
{
    const struct null_config config = {.framebuffer = true};

    null_reset(&config);
    memset(null_port.framebuffer, 0xA5, null_port.framebuffer_size);
    fb = (struct boot_framebuffer){.addr = null_boot_info()->framebuffer.addr, .width = columns * FONT_WIDTH,
                                   .height = rows * FONT_HEIGHT, .bpp = 32};
    fb.pitch = (fb.width + padding) * 4;
    assert_ok(fbcon_init(fb));
}

uint32_t word(uint64_t offset)
{
    uint32_t value;

    memcpy(&value, null_port.framebuffer + offset, sizeof(value));
    return value;
}

uint32_t pixel(uint32_t x, uint32_t y)
{
    return word((uint64_t)y * fb.pitch + x * 4);
}

void type(const char *text)
{
    fbcon_write(text, strlen(text));
}

bool shows(uint32_t column, uint32_t row, char c)
{
    return fbcon_shows((struct fbcon_place){column, row}, c);
}

void assert_row(uint32_t row, const char *text)
{
    for (uint32_t column = 0; column < fbcon_grid().columns; column++) {
        char c = column < strlen(text) ? text[column] : ' ';

        if (!shows(column, row, c))
            fail_msg("row %u column %u does not show '%c'", row, column, c);
    }
}

void assert_cell(uint32_t column, uint32_t row, char c, uint32_t on, uint32_t off)
{
    for (uint32_t y = 0; y < FONT_HEIGHT; y++)
        for (uint32_t x = 0; x < FONT_WIDTH; x++) {
            bool set = (font_spleen[font_glyph(c)][y] >> (7 - x) & 1) != 0;

            assert_int_equal(pixel(column * FONT_WIDTH + x, row * FONT_HEIGHT + y), set ? on : off);
        }
}
