/* SPDX-License-Identifier: MIT */
/*
 * The simulated AArch64 board: addresses as on QEMU's `virt`. Both sides of the machine and the HAL's constants use
 * it.
 */
#pragma once

#define BOARD_NAME "aegis,sim-aarch64"
#define BOARD_RAM_BASE 0x40000000ull
#define BOARD_KERNEL_LOAD 0x40080000ull /* what lies below belongs to the boot data */

#define BOARD_UART_PL011 1
#define BOARD_UART_BASE 0x09000000ull
#define BOARD_UART_SIZE 0x1000u
#define BOARD_UART_STRIDE 4u
#define BOARD_KEYBOARD_BASE 0x090C0000ull /* QEMU has nothing there */
#define BOARD_KEYBOARD_SIZE 0x1000u
#define BOARD_KEYBOARD_STRIDE 4u
#define BOARD_KEYBOARD_PORT false
#define BOARD_RTC_BASE 0x09010000ull
#define BOARD_RTC_SIZE 0x1000u
#define BOARD_FRAMEBUFFER_BASE 0x10000000ull

#define BOARD_KERNEL_VBASE 0xFFFF000000000000ull
#define BOARD_USER_VTOP 0x0000FFFFFFFFFFFFull
#define BOARD_PT_LEVELS 4u
#define BOARD_ELF_MACHINE 183 /* of this ISA's ELF files */

#define BOARD_FRAMEBUFFER_WIDTH 640u
#define BOARD_FRAMEBUFFER_HEIGHT 480u
#define BOARD_FRAMEBUFFER_BPP 32u
#define BOARD_FRAMEBUFFER_PITCH (BOARD_FRAMEBUFFER_WIDTH * BOARD_FRAMEBUFFER_BPP / 8u)

/* Most RAM that fits between the board's devices. */
#define BOARD_RAM_MAX 0x80000000ull
