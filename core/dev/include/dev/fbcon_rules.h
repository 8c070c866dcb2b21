/* SPDX-License-Identifier: MIT */
/*
 * The text console's decisions: which framebuffers it accepts, where a cell's pixels lie, where the cursor goes. Pure
 * functions over small values.
 */
#pragma once
#include <abi/types.h>
#include <arch/boot.h>
#include <base/compiler.h>

/** The largest text screen; what a larger framebuffer has beyond it stays empty. */
#define FBCON_COLUMNS_MAX 240u
#define FBCON_ROWS_MAX 68u
#define FBCON_TAB 8u

/** Size of a text screen in cells: at least 1 x 1, at most FBCON_COLUMNS_MAX x FBCON_ROWS_MAX. */
struct fbcon_grid {
    uint32_t columns, rows;
};

/** The cursor: row < rows, column <= columns. In column `columns` the row is full; the next character starts a new one. */
struct fbcon_place {
    uint32_t column, row;
};

/** Where the next thing happens, and whether all rows must move up by one before it does. */
struct fbcon_step {
    struct fbcon_place place;
    bool scroll;
};

/**
 * The text screen that fits. Errors: INVALID_ARGS for a framebuffer that the console cannot draw on: not 32 bits per
 * pixel, too small for one character, a pitch that is shorter than a row or, like the address, no multiple of 4.
 */
MUST_CHECK status_t fbcon_fit(struct boot_framebuffer fb, struct fbcon_grid *out);

/** Bytes from the first to the end of the last pixel. For a framebuffer that fbcon_fit() accepted. */
PURE_FN uint64_t fbcon_size(struct boot_framebuffer fb);

/** Offset in bytes of pixel row `line` (0 to FONT_HEIGHT - 1) of the cell at `at`, a place with column < columns. */
PURE_FN uint64_t fbcon_offset(uint32_t pitch, struct fbcon_place at, uint32_t line);

/** The beginning of the next row. */
PURE_FN struct fbcon_step fbcon_newline(struct fbcon_grid grid, struct fbcon_place at);

/** Where a character put at `at` goes: there, or into the next row when this one is full. */
PURE_FN struct fbcon_step fbcon_room(struct fbcon_grid grid, struct fbcon_place at);

/** Where '\r', '\b' and '\t' move the cursor; they never leave the row and erase nothing. Any other `c`: nowhere. */
PURE_FN struct fbcon_place fbcon_move(struct fbcon_grid grid, struct fbcon_place at, char c);

/** The cell on which the cursor is shown: the last one when the row is full. */
PURE_FN struct fbcon_place fbcon_cursor_cell(struct fbcon_grid grid, struct fbcon_place at);
