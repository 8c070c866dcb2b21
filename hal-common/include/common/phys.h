/* SPDX-License-Identifier: MIT */
/* The part of <common/kernel_map.h> that arch_phys_ptr() needs. */
#pragma once
#include <abi/types.h>

#include <port/memory.h>

/* Where the kernel sees physical address 0. Unit tests, whose "physical" memory is their own, say 0. */
#ifndef PORT_DIRECT_BASE
#define PORT_DIRECT_BASE ARCH_KERNEL_VBASE
#endif

struct hal_range {
    paddr_t base;
    uint64_t size; /* bytes */
};

/** [I] The largest RAM range, so that most addresses are answered with one comparison. */
extern struct hal_range hal_first_ram;
/** arch_phys_ptr() for everything else. */
void *hal_phys_ptr_slow(paddr_t pa);
