/* SPDX-License-Identifier: MIT */
/* hal-sim: address-space constants, from the board of the chosen ISA. */
#pragma once
#include <board.h>

#define ARCH_KERNEL_VBASE BOARD_KERNEL_VBASE
#define ARCH_USER_VBASE 0x1000ull
#define ARCH_USER_VTOP BOARD_USER_VTOP
#define ARCH_KERNEL_LOAD BOARD_KERNEL_LOAD
#define ARCH_PT_LEVELS BOARD_PT_LEVELS
#define ARCH_RAM_BASE BOARD_RAM_BASE
#define ARCH_ELF_MACHINE BOARD_ELF_MACHINE

/** Roomier than on hardware: the engine's translator and the sanitizers' frames run on these stacks as well. */
#define ARCH_STACK_SIZE 0x40000u
