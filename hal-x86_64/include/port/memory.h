/* SPDX-License-Identifier: MIT */
#pragma once

#define ARCH_KERNEL_VBASE 0xFFFF800000000000ull
#define ARCH_USER_VBASE 0x1000ull
#define ARCH_USER_VTOP 0x00007FFFFFFFFFFFull
#define ARCH_KERNEL_LOAD 0x100000ull /* behind what the firmware uses */
#define ARCH_PT_LEVELS 4u
#define ARCH_RAM_BASE 0x0ull
#define ARCH_ELF_MACHINE 62 /* EM_X86_64 */
#define ARCH_STACK_SIZE 0x4000u

#define PORT_KSTACK_VBASE 0xFFFFFF8000000000ull /* the last root entry; RAM never reaches it */
