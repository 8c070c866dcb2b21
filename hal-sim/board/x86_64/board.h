/* SPDX-License-Identifier: MIT */
/*
 * The simulated x86_64 board: addresses as on QEMU's `q35`. Both sides of the machine and the HAL's constants use it.
 */
#pragma once

#define BOARD_NAME "aegis,sim-x86_64"
#define BOARD_RAM_BASE 0x0ull
#define BOARD_KERNEL_LOAD 0x100000ull /* what lies below belongs to the firmware and the boot data */

#define BOARD_UART_NS16550_PORT 1
#define BOARD_UART_BASE 0x3F8ull
#define BOARD_UART_SIZE 8u
#define BOARD_UART_STRIDE 1u
#define BOARD_KEYBOARD_BASE 0x60ull
#define BOARD_KEYBOARD_SIZE 5u
#define BOARD_KEYBOARD_STRIDE 4u
#define BOARD_KEYBOARD_PORT true
#define BOARD_RTC_BASE 0x70ull
#define BOARD_RTC_SIZE 2u
#define BOARD_FRAMEBUFFER_BASE 0xFD000000ull

#define BOARD_KERNEL_VBASE 0xFFFF800000000000ull
#define BOARD_USER_VTOP 0x00007FFFFFFFFFFFull
#define BOARD_PT_LEVELS 4u
#define BOARD_ELF_MACHINE 62 /* of this ISA's ELF files */

#define BOARD_FRAMEBUFFER_WIDTH 640u
#define BOARD_FRAMEBUFFER_HEIGHT 480u
#define BOARD_FRAMEBUFFER_BPP 32u
#define BOARD_FRAMEBUFFER_PITCH (BOARD_FRAMEBUFFER_WIDTH * BOARD_FRAMEBUFFER_BPP / 8u)

/* Most RAM that fits between the board's devices. */
#define BOARD_RAM_MAX 0x80000000ull
