/* SPDX-License-Identifier: MIT */
#pragma once

#define ARCH_KERNEL_VBASE 0xFFFF000000000000ull
#define ARCH_USER_VBASE 0x1000ull
#define ARCH_USER_VTOP 0x0000FFFFFFFFFFFFull
#define ARCH_KERNEL_LOAD 0x40200000ull /* QEMU's choice for an Image; elsewhere the kernel moves itself (boot/head.S) */
#define ARCH_PT_LEVELS 4u
#define ARCH_RAM_BASE 0x40000000ull
#define ARCH_ELF_MACHINE 183 /* EM_AARCH64 */
#define ARCH_STACK_SIZE 0x4000u

#define PORT_KSTACK_VBASE 0xFFFFFF8000000000ull /* the last 512 GiB; RAM never reaches it */
