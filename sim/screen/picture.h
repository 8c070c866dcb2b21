/* SPDX-License-Identifier: MIT */
#pragma once
#include <stdint.h>
#include <stdio.h>

/** 32-bit pixels 0x00RRGGBB, `pitch` bytes from one row to the next. */
struct picture {
    const uint8_t *pixels;
    uint32_t width, height, pitch;
};

/** Write `picture` as PNG. NULL, or what went wrong. */
const char *picture_save(FILE *file, const struct picture *picture);
