/* SPDX-License-Identifier: MIT */
#pragma once
#include <common/phys.h>

static inline void *arch_phys_ptr(paddr_t pa)
{
    if (pa - hal_first_ram.base < hal_first_ram.size)
        return (void *)(uintptr_t)(PORT_DIRECT_BASE + pa);
    return hal_phys_ptr_slow(pa);
}
