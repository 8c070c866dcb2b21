/* SPDX-License-Identifier: MIT */
#pragma once
#include <port/state.h>

static inline void *arch_phys_ptr(paddr_t pa)
{
    if (pa - ARCH_RAM_BASE < null_port.ram_size)
        return null_port.ram + (pa - ARCH_RAM_BASE);
    if (pa - NULL_FRAMEBUFFER_BASE < null_port.framebuffer_size)
        return null_port.framebuffer + (pa - NULL_FRAMEBUFFER_BASE);
    return NULL;
}
