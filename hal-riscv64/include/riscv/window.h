/* SPDX-License-Identifier: MIT */
/* The limits of the direct map, and windows in it. */
#pragma once
#include <arch/memory.h>
#include <base/compiler.h>
#include <base/fdt.h>
#include <common/phys.h>

/** Physical addresses from here on have no place in the direct map: the window of the kernel stacks begins. */
#define DIRECT_END (PORT_KSTACK_VBASE - ARCH_KERNEL_VBASE)

/** Make [base, base + size), widened to pages, a device window. False: it overlaps one, or RAM, or lies out of reach. */
MUST_CHECK bool window_claim(paddr_t base, uint64_t size);
/** The same for entry `index` of a node's reg. False: there is none, or it cannot be a window; then out->size is 0. */
bool window_add(const struct fdt *fdt, uint32_t node, uint32_t index, struct hal_range *out);
/** The first node with this `compatible` that is not disabled; FDT_NONE. */
uint32_t device_find(const struct fdt *fdt, const char *compatible);
