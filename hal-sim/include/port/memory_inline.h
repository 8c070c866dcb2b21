/* SPDX-License-Identifier: MIT */
#pragma once
#include <sim/port.h>

static inline void *arch_phys_ptr(paddr_t pa)
{
    if (pa - ARCH_RAM_BASE < sim_port.ram_size)
        return sim_port.ram + (pa - ARCH_RAM_BASE);
    if (pa - BOARD_FRAMEBUFFER_BASE < sim_port.framebuffer_size)
        return sim_port.framebuffer + (pa - BOARD_FRAMEBUFFER_BASE);
    return NULL;
}
