/* SPDX-License-Identifier: MIT */
/* Numbers that C and assembly share. */
#pragma once

/* struct port_cpu */
#define PORT_EXCEPTION_TOP 0
#define PORT_SCRATCH 8
#define PORT_SPILL 16

/* struct arch_user */
#define USER_SP 248
#define USER_PC 256
#define USER_TLS 288

/* Stacks of the image, per CPU, lowest first: guard page, boot stack, guard page, exception stack. */
#define BOOT_GUARD_SIZE 0x1000
#define BOOT_STACK_SIZE 0x4000
#define EXCEPTION_STACK_SIZE 0x2000
#define BOOT_STACKS_SPAN (2 * BOOT_GUARD_SIZE + BOOT_STACK_SIZE + EXCEPTION_STACK_SIZE)
#define BOOT_STACK_TOP (BOOT_GUARD_SIZE + BOOT_STACK_SIZE) /* from the base of a CPU's stacks */

/* Causes that the vectors hand to C. */
#define CAUSE_SYNC 0
#define CAUSE_IRQ 1
#define CAUSE_FIQ 2
#define CAUSE_SERROR 3
#define CAUSE_AARCH32 4

/* struct crash_frame */
#define CRASH_SP 248
#define CRASH_PC 256
#define CRASH_PSTATE 264
#define CRASH_ESR 272
#define CRASH_FAR 280
#define CRASH_SIZE 288

/* struct secondary */
#define SECONDARY_TTBR1 0
#define SECONDARY_STACK 8
#define SECONDARY_CPU 16

/* What boot/head.S tells C about the way in. */
#define ENTRY_EL2 1
#define ENTRY_EL3 2 /* the kernel runs in Secure EL1 */
