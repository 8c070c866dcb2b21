/* SPDX-License-Identifier: MIT */
/* Firmware tables: numbers at any alignment, and looking at physical memory without leaving it. */
#pragma once
#include <abi/types.h>

static inline uint16_t get16(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t get32(const uint8_t *p)
{
    return get16(p) | (uint32_t)get16(p + 2) << 16;
}

static inline uint64_t get64(const uint8_t *p)
{
    return get32(p) | (uint64_t)get32(p + 4) << 32;
}

/** Physical memory [base, base + size), readable at `view`. */
struct phys_window {
    const uint8_t *view;
    paddr_t base;
    uint64_t size;
};

/** Where [pa, pa + size) can be read; NULL: not all of it lies in the window. */
static inline const uint8_t *window_at(const struct phys_window *window, paddr_t pa, uint64_t size)
{
    uint64_t offset = pa - window->base;

    if (pa < window->base || offset > window->size || size > window->size - offset)
        return NULL;
    return window->view + offset;
}
