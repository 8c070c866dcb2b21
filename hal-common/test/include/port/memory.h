/* SPDX-License-Identifier: MIT */
/* The common half on the host: "physical" addresses are the process's own, so the direct map is the identity. */
#pragma once

#define ARCH_KERNEL_VBASE 0xFFFF800000000000ull
#define ARCH_USER_VBASE 0x1000ull
#define ARCH_USER_VTOP 0x00007FFFFFFFFFFFull
#define ARCH_KERNEL_LOAD 0x100000ull
#define ARCH_PT_LEVELS 4u
#define ARCH_RAM_BASE 0ull
#define ARCH_ELF_MACHINE 62 /* EM_X86_64 */
#define ARCH_STACK_SIZE 0x4000u

#define PORT_DIRECT_BASE 0ull
#define PORT_KSTACK_VBASE 0xFFFFFF8000000000ull
