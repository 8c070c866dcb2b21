/* SPDX-License-Identifier: MIT */
/* What the tests of the framebuffer console share: a screen in hal-null's framebuffer, and a look at its pixels. */
#pragma once
#include <support/unit.h>

#include <dev/fbcon.h>

#define TEXT 0xF8F8F2u
#define WARN 0xF1FA8Cu
#define ERROR 0xFF5555u
#define PAPER 0x282A36u
#define UNTOUCHED 0xA5A5A5A5u

/* The framebuffer that screen() made. */
extern struct boot_framebuffer fb;

/** A screen of `columns` x `rows` cells with `padding` pixels between two rows, in memory filled with UNTOUCHED. */
void screen(uint32_t columns, uint32_t rows, uint32_t padding);
/** Four bytes of the framebuffer's memory, and a pixel. */
uint32_t word(uint64_t offset);
uint32_t pixel(uint32_t x, uint32_t y);
/** Write a string. */
void type(const char *text);
bool shows(uint32_t column, uint32_t row, char c);
/** The row shows `text` and blanks behind it. */
void assert_row(uint32_t row, const char *text);
/** The cell is drawn in this colour, pixel by pixel, whatever fbcon_shows() thinks. */
void assert_cell(uint32_t column, uint32_t row, char c, uint32_t on, uint32_t off);
