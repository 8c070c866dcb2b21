/* SPDX-License-Identifier: MIT */
/* The console's font: one row of 8 pixels is a byte, the leftmost pixel its highest bit. */
#pragma once
#include <abi/types.h>

#define FONT_WIDTH 8u
#define FONT_HEIGHT 16u
#define FONT_FIRST 0x20u /* character of glyph 0; printable ASCII follows */
#define FONT_LAST 0x7Eu
#define FONT_GLYPHS (FONT_LAST - FONT_FIRST + 2u)
#define FONT_OTHER (FONT_GLYPHS - 1u) /* stands for every other byte */

extern const uint8_t font_spleen[FONT_GLYPHS][FONT_HEIGHT];

/** The glyph of a byte of text. */
static inline uint32_t font_glyph(char c)
{
    uint8_t byte = (uint8_t)c;

    return byte >= FONT_FIRST && byte <= FONT_LAST ? byte - FONT_FIRST : FONT_OTHER;
}
