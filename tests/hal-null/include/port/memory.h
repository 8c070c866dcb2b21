/* SPDX-License-Identifier: MIT */
/* hal-null: address-space constants. RAM is a static array; the tables are in a format of hal-null's own. */
#pragma once
#include <abi/types.h>

#define ARCH_KERNEL_VBASE 0xFFFF800000000000ull
#define ARCH_USER_VBASE 0x1000ull
#define ARCH_USER_VTOP 0x00007FFFFFFFFFFFull
#define ARCH_KERNEL_LOAD 0x10000000ull
#define ARCH_PT_LEVELS 4u
#define ARCH_RAM_BASE 0x10000000ull
#define ARCH_ELF_MACHINE 62

/** Roomier than on hardware: sanitizers and test frameworks run on these stacks as well. */
#define ARCH_STACK_SIZE 0x40000u
