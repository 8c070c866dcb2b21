/* SPDX-License-Identifier: MIT */
/* Numbers for assembly; cpu/cpu.c proves them. */
#pragma once
#include <common/percpu.h>

/* In struct hal_cpu. */
#define CPU_STATE 12
#define CPU_HARDWARE_ID 112
#define CPU_SIZE 152
#define CPU_KERNEL_SP (HAL_CPU_PORT + 0)
#define CPU_FRAME (HAL_CPU_PORT + 8)
#define CPU_SCRATCH0 (HAL_CPU_PORT + 16)
#define CPU_SCRATCH1 (HAL_CPU_PORT + 24)
#define CPU_EXCEPTION_TOP (HAL_CPU_PORT + 32)
#define CPU_BOOT_TOP (HAL_CPU_PORT + 40)

#define CPUS_MAX 8

/* Where the kernel stands; <port/memory.h> says the same in C. */
#define KERNEL_VBASE 0xFFFFFFC000000000
#define KERNEL_LOAD 0x80200000

/* Boot and exception stacks are this large, with a guard page below each. */
#define BOOT_STACK_SHIFT 14
#define BOOT_STACK_SIZE (1 << BOOT_STACK_SHIFT)
#define BOOT_STACK_GUARD 4096

/* In struct trap_frame: x1-x5 by name, the others at 8 * (n - 1). */
#define FRAME_RA 0
#define FRAME_SP 8
#define FRAME_GP 16
#define FRAME_TP 24
#define FRAME_T0 32
#define FRAME_SEPC 248
#define FRAME_SSTATUS 256
#define FRAME_SIZE 272

/* What a call preserves (ra, s0-s11), padded to the alignment of a stack. */
#define SAVED_SIZE 112
