/* SPDX-License-Identifier: MIT */
#include <dev/fbcon_rules.h>

#include <abi/status.h>
#include <dev/font.h>

#define PIXEL_SIZE 4u

static uint32_t at_most(uint32_t value, uint32_t limit)
{
    return value < limit ? value : limit;
}

status_t fbcon_fit(struct boot_framebuffer fb, struct fbcon_grid *out)
{
    if (fb.bpp != 8 * PIXEL_SIZE || fb.width < FONT_WIDTH || fb.height < FONT_HEIGHT)
        return ERR_INVALID_ARGS;
    if (fb.pitch / PIXEL_SIZE < fb.width || fb.pitch % PIXEL_SIZE != 0 || fb.addr % PIXEL_SIZE != 0)
        return ERR_INVALID_ARGS;
    out->columns = at_most(fb.width / FONT_WIDTH, FBCON_COLUMNS_MAX);
    out->rows = at_most(fb.height / FONT_HEIGHT, FBCON_ROWS_MAX);
    return STATUS_OK;
}

uint64_t fbcon_size(struct boot_framebuffer fb)
{
    return (uint64_t)(fb.height - 1) * fb.pitch + (uint64_t)fb.width * PIXEL_SIZE;
}

uint64_t fbcon_offset(uint32_t pitch, struct fbcon_place at, uint32_t line)
{
    return ((uint64_t)at.row * FONT_HEIGHT + line) * pitch + (uint64_t)at.column * FONT_WIDTH * PIXEL_SIZE;
}

struct fbcon_step fbcon_newline(struct fbcon_grid grid, struct fbcon_place at)
{
    struct fbcon_step step = {{0, at.row + 1}, false};

    if (step.place.row == grid.rows) {
        step.place.row--;
        step.scroll = true;
    }
    return step;
}

struct fbcon_step fbcon_room(struct fbcon_grid grid, struct fbcon_place at)
{
    struct fbcon_step here = {at, false};

    return at.column == grid.columns ? fbcon_newline(grid, at) : here;
}

struct fbcon_place fbcon_move(struct fbcon_grid grid, struct fbcon_place at, char c)
{
    if (c == '\r')
        at.column = 0;
    else if (c == '\b' && at.column > 0)
        at.column--;
    else if (c == '\t')
        at.column = at_most(at.column - at.column % FBCON_TAB + FBCON_TAB, grid.columns - 1);
    return at;
}

struct fbcon_place fbcon_cursor_cell(struct fbcon_grid grid, struct fbcon_place at)
{
    at.column = at_most(at.column, grid.columns - 1);
    return at;
}
