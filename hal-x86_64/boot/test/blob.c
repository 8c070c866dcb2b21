/* SPDX-License-Identifier: MIT */
#include "blob.h"

#include <stdlib.h>
#include <string.h>

void put8(struct blob *b, uint32_t value)
{
    if (b->used == BLOB_SIZE)
        abort();
    b->bytes[b->used++] = (uint8_t)value;
}

void put16(struct blob *b, uint32_t value)
{
    put8(b, value);
    put8(b, value >> 8);
}

void put32(struct blob *b, uint32_t value)
{
    put16(b, value);
    put16(b, value >> 16);
}

void put64(struct blob *b, uint64_t value)
{
    put32(b, (uint32_t)value);
    put32(b, (uint32_t)(value >> 32));
}

void put_text(struct blob *b, const char *text, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++)
        put8(b, (uint8_t)text[i]);
}

void put_align(struct blob *b, uint32_t n)
{
    while (b->used % n != 0)
        put8(b, 0);
}

void patch32(struct blob *b, uint32_t offset, uint32_t value)
{
    for (uint32_t i = 0; i < 4; i++)
        b->bytes[offset + i] = (uint8_t)(value >> 8 * i);
}

paddr_t blob_here(const struct blob *b)
{
    return BLOB_BASE + b->used;
}

struct phys_window blob_window(const struct blob *b, uint32_t size)
{
    uint8_t *copy = malloc(size != 0 ? size : 1);

    if (copy == NULL)
        abort();
    memcpy(copy, b->bytes, size);
    return (struct phys_window){copy, BLOB_BASE, size};
}

void blob_free(struct phys_window *window)
{
    free((void *)(uintptr_t)window->view);
    window->view = NULL;
}
