/* SPDX-License-Identifier: MIT */
/* Constants that C and assembly share. */
#pragma once
#include <common/percpu.h>
#include <x86/magic.h>

/* Segment selectors; the user's are in <isa/frame.h>. */
#define SEL_KERNEL_CS 0x08
#define SEL_KERNEL_SS 0x10
#define SEL_USER_SS 0x23
#define SEL_USER_CS 0x2b
#define SEL_TSS 0x30

/* Interrupt vectors of the CPU. Device lines have the lowest priorities, so that nothing waits for their handlers. */
#define VECTOR_NMI 2
#define VECTOR_DOUBLE_FAULT 8
#define VECTOR_MACHINE_CHECK 18
#define VECTOR_EXCEPTIONS 32
#define VECTOR_DEVICE 0x20 /* logical vectors 32-63 */
#define VECTOR_TIMER 0x41
#define VECTOR_IPI 0x50      /* logical vectors 0-15 */
#define VECTOR_LEGACY 0x60   /* where the masked 8259s would send their spurious interrupts */
#define VECTOR_SPURIOUS 0x6f
#define VECTOR_COUNT 0x70
#define VECTOR_SYSCALL 0x100 /* no vector: what the frame says after SYSCALL */

/* Offsets in struct trap_frame. */
#define FRAME_CS 144

/* Offsets in struct hal_cpu. */
#define CPU_KERNEL_SP (HAL_CPU_PORT + 0)
#define CPU_FRAME_END (HAL_CPU_PORT + 8)
#define CPU_USER_SP (HAL_CPU_PORT + 16)

#define MSR_EFER 0xC0000080
#define EFER_SCE 0x001
#define EFER_LME 0x100
#define EFER_NXE 0x800
#define MSR_GS_BASE 0xC0000101

#define CR0_PE (1 << 0)
#define CR0_MP (1 << 1)
#define CR0_EM (1 << 2)
#define CR0_TS (1 << 3)
#define CR0_NE (1 << 5)
#define CR0_WP (1 << 16)
#define CR0_PG (1 << 31)
#define CR4_PAE (1 << 5)

#define KERNEL_VBASE 0xFFFF800000000000 /* ARCH_KERNEL_VBASE */

#define PORT_EXIT 0x501 /* QEMU: isa-debug-exit */
#define PORT_DEBUG 0xE9 /* QEMU, Bochs: debug console */
#define EXIT_PANIC 80
