/* SPDX-License-Identifier: MIT */
/*
 * HAL contract: address-space constants and access to physical RAM.
 * The port's <port/memory.h> defines, as plain integer constants:
 *   ARCH_KERNEL_VBASE  first address of the kernel half          ARCH_USER_VBASE  first user address
 *   ARCH_USER_VTOP     last user address                         ARCH_KERNEL_LOAD physical load address of the kernel
 *   ARCH_PT_LEVELS     page-table levels                         ARCH_STACK_SIZE  kernel stack in bytes (guards excluded)
 *   ARCH_RAM_BASE      lowest physical address of RAM on the board
 *   ARCH_ELF_MACHINE   e_machine of this ISA's ELF files
 */
#pragma once
#include <abi/types.h>

#include <port/memory.h>

#define ARCH_PAGE_SIZE PAGE_SIZE
#define ARCH_MAX_CPUS 8u

/**
 * The kernel's view of `pa`, which must lie in RAM or in the boot framebuffer, with everything up to the end of its page
 * (contiguous RAM is contiguous in this view too). Any context; never blocks. NULL if `pa` is neither.
 */
static inline void *arch_phys_ptr(paddr_t pa);

/** Reverse of arch_phys_ptr() for a pointer into RAM; 0 for any other pointer. */
paddr_t arch_ptr_phys(const void *p);

#include <port/memory_inline.h>
