/* SPDX-License-Identifier: MIT */
#include "picture.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

struct writer {
    jmp_buf failed;
    const char *message;
};

static void on_error(png_structp png, png_const_charp message)
{
    struct writer *writer = png_get_error_ptr(png);

    writer->message = message;
    longjmp(writer->failed, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

/* libpng wants the colours of a pixel as bytes, red first. */
static void pack_row(const struct picture *picture, uint32_t y, uint8_t *out)
{
    for (uint32_t x = 0; x < picture->width; x++) {
        uint32_t pixel;
        memcpy(&pixel, picture->pixels + (uint64_t)y * picture->pitch + x * sizeof pixel, sizeof pixel);
        *out++ = (uint8_t)(pixel >> 16);
        *out++ = (uint8_t)(pixel >> 8);
        *out++ = (uint8_t)pixel;
    }
}

static void write_picture(png_structp png, png_infop info, FILE *file, const struct picture *picture, uint8_t *row)
{
    png_init_io(png, file);
    png_set_IHDR(png, info, picture->width, picture->height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
        PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE); /* text packs best as it is */
    png_write_info(png, info);
    for (uint32_t y = 0; y < picture->height; y++) {
        pack_row(picture, y, row);
        png_write_row(png, row);
    }
    png_write_end(png, NULL);
}

const char *picture_save(FILE *file, const struct picture *picture)
{
    static struct writer writer; /* not on the stack: libpng jumps over this frame */
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &writer, on_error, on_warning);
    png_infop info = png != NULL ? png_create_info_struct(png) : NULL;
    uint8_t *row = malloc((size_t)picture->width * 3);

    writer.message = NULL;
    if (info == NULL || row == NULL)
        writer.message = "no memory";
    else if (setjmp(writer.failed) == 0)
        write_picture(png, info, file, picture, row);
    free(row);
    png_destroy_write_struct(&png, &info);
    return writer.message;
}
