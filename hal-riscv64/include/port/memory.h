/* SPDX-License-Identifier: MIT */
#pragma once

#define ARCH_KERNEL_VBASE 0xFFFFFFC000000000ull
#define ARCH_USER_VBASE 0x1000ull
#define ARCH_USER_VTOP 0x0000003FFFFFFFFFull
#define ARCH_KERNEL_LOAD 0x80200000ull /* where OpenSBI jumps to */
#define ARCH_PT_LEVELS 3u
#define ARCH_RAM_BASE 0x80000000ull
#define ARCH_ELF_MACHINE 243 /* EM_RISCV */
#define ARCH_STACK_SIZE 0x4000u

#define PORT_KSTACK_VBASE 0xFFFFFFFFC0000000ull /* the last GiB; RAM never reaches it */
