/* SPDX-License-Identifier: MIT */
/*
 * Exceptions. Those of user mode end user_enter(), which then returns their cause; those of the kernel itself are
 * device accesses to be repaired or the end (kernel_fault in crash.c). The kernel takes no interrupt by exception.
 */
#include <a64/offsets.h>
#include <common/percpu.h>

/* What user_enter() leaves on the kernel stack: x19-x30, the struct arch_user. */
#define ENTER_USER 96
#define ENTER_SIZE 112

.macro user_vector cause
    .balign 128
    stp     x0, x1, [sp, #-16]!
    ldr     x1, [sp, #16 + ENTER_USER]
    mov     w0, #\cause
    b       user_trap
.endm

.macro kernel_vector cause
    .balign 128
    msr     sp_el0, x0          /* free while the kernel runs */
    mrs     x0, tpidr_el1
    str     x1, [x0, #HAL_CPU_PORT + PORT_SCRATCH]
    mov     w1, #\cause
    b       kernel_trap
.endm

    .text
    .balign 2048
    .global vectors
vectors:
    kernel_vector CAUSE_SYNC    /* EL1 on SP_EL0: never */
    kernel_vector CAUSE_IRQ
    kernel_vector CAUSE_FIQ
    kernel_vector CAUSE_SERROR
    kernel_vector CAUSE_SYNC    /* EL1 */
    kernel_vector CAUSE_IRQ
    kernel_vector CAUSE_FIQ
    kernel_vector CAUSE_SERROR
    user_vector CAUSE_SYNC      /* EL0, AArch64 */
    user_vector CAUSE_IRQ
    user_vector CAUSE_FIQ
    user_vector CAUSE_SERROR
    user_vector CAUSE_AARCH32   /* EL0, AArch32: never */
    user_vector CAUSE_AARCH32
    user_vector CAUSE_AARCH32
    user_vector CAUSE_AARCH32

/*
 * uint32_t user_enter(struct arch_user *user): run user mode until an exception; returns its cause. SP_EL1 stands still
 * while user mode runs, so the exception finds this stack.
 */
    .global user_enter
user_enter:
    sub     sp, sp, #ENTER_SIZE
    stp     x19, x20, [sp, #0]
    stp     x21, x22, [sp, #16]
    stp     x23, x24, [sp, #32]
    stp     x25, x26, [sp, #48]
    stp     x27, x28, [sp, #64]
    stp     x29, x30, [sp, #80]
    str     x0, [sp, #ENTER_USER]
    ldr     x1, [x0, #USER_TLS]
    ldp     x30, x2, [x0, #240]
    ldp     x3, x4, [x0, #USER_PC]
    msr     tpidr_el0, x1
    msr     sp_el0, x2
    msr     elr_el1, x3
    msr     spsr_el1, x4
    dsb     ishst               /* new table entries are there for the walker */
    ldp     x2, x3, [x0, #16]
    ldp     x4, x5, [x0, #32]
    ldp     x6, x7, [x0, #48]
    ldp     x8, x9, [x0, #64]
    ldp     x10, x11, [x0, #80]
    ldp     x12, x13, [x0, #96]
    ldp     x14, x15, [x0, #112]
    ldp     x16, x17, [x0, #128]
    ldp     x18, x19, [x0, #144]
    ldp     x20, x21, [x0, #160]
    ldp     x22, x23, [x0, #176]
    ldp     x24, x25, [x0, #192]
    ldp     x26, x27, [x0, #208]
    ldp     x28, x29, [x0, #224]
    ldp     x0, x1, [x0]
    eret
    dsb     nsh                 /* no speculation past it */
    isb

/* x1 = struct arch_user, w0 = cause; user's x0 and x1 are on the stack. */
user_trap:
    stp     x2, x3, [x1, #16]
    ldp     x2, x3, [sp], #16
    stp     x2, x3, [x1]
    stp     x4, x5, [x1, #32]
    stp     x6, x7, [x1, #48]
    stp     x8, x9, [x1, #64]
    stp     x10, x11, [x1, #80]
    stp     x12, x13, [x1, #96]
    stp     x14, x15, [x1, #112]
    stp     x16, x17, [x1, #128]
    stp     x18, x19, [x1, #144]
    stp     x20, x21, [x1, #160]
    stp     x22, x23, [x1, #176]
    stp     x24, x25, [x1, #192]
    stp     x26, x27, [x1, #208]
    stp     x28, x29, [x1, #224]
    mrs     x2, sp_el0
    mrs     x3, elr_el1
    mrs     x4, spsr_el1
    mrs     x5, tpidr_el0
    stp     x30, x2, [x1, #240]
    stp     x3, x4, [x1, #USER_PC]
    str     x5, [x1, #USER_TLS]
    ldp     x19, x20, [sp, #0]
    ldp     x21, x22, [sp, #16]
    ldp     x23, x24, [sp, #32]
    ldp     x25, x26, [sp, #48]
    ldp     x27, x28, [sp, #64]
    ldp     x29, x30, [sp, #80]
    add     sp, sp, #ENTER_SIZE
    ret

/*
 * x0 = struct hal_cpu, w1 = cause; x0 and x1 are in SP_EL0 and the scratch word. The stack may be used up, so the frame
 * goes to the top of the exception stack, or below what is there already.
 */
kernel_trap:
    stp     x1, x2, [x0, #HAL_CPU_PORT + PORT_SPILL]
    ldr     x1, [x0, #HAL_CPU_PORT + PORT_EXCEPTION_TOP]
    mov     x2, sp
    sub     x2, x1, x2
    cmp     x2, #EXCEPTION_STACK_SIZE
    b.hi    1f                  /* elsewhere */
    mov     x1, sp
1:  sub     x1, x1, #CRASH_SIZE
    stp     x3, x4, [x1, #24]
    stp     x5, x6, [x1, #40]
    stp     x7, x8, [x1, #56]
    stp     x9, x10, [x1, #72]
    stp     x11, x12, [x1, #88]
    stp     x13, x14, [x1, #104]
    stp     x15, x16, [x1, #120]
    stp     x17, x18, [x1, #136]
    stp     x19, x20, [x1, #152]
    stp     x21, x22, [x1, #168]
    stp     x23, x24, [x1, #184]
    stp     x25, x26, [x1, #200]
    stp     x27, x28, [x1, #216]
    stp     x29, x30, [x1, #232]
    mrs     x3, sp_el0
    ldr     x4, [x0, #HAL_CPU_PORT + PORT_SCRATCH]
    ldr     x5, [x0, #HAL_CPU_PORT + PORT_SPILL + 8]
    stp     x3, x4, [x1, #0]
    str     x5, [x1, #16]
    mov     x3, sp
    mrs     x4, elr_el1
    mrs     x5, spsr_el1
    mrs     x6, esr_el1
    mrs     x7, far_el1
    str     x3, [x1, #CRASH_SP]
    stp     x4, x5, [x1, #CRASH_PC]
    stp     x6, x7, [x1, #CRASH_ESR]
    ldr     w2, [x0, #HAL_CPU_PORT + PORT_SPILL]
    mov     sp, x1
    mov     x0, x1
    mov     w1, w2
    bl      kernel_fault        /* returns if the instruction is to be skipped */
    ldr     x1, [sp, #CRASH_PC]
    msr     elr_el1, x1
    ldr     x1, [sp, #CRASH_PSTATE]
    msr     spsr_el1, x1
    mov     x0, sp
    ldp     x2, x3, [x0, #16]
    ldp     x4, x5, [x0, #32]
    ldp     x6, x7, [x0, #48]
    ldp     x8, x9, [x0, #64]
    ldp     x10, x11, [x0, #80]
    ldp     x12, x13, [x0, #96]
    ldp     x14, x15, [x0, #112]
    ldp     x16, x17, [x0, #128]
    ldr     x18, [x0, #144]
    ldr     x30, [x0, #240]     /* x19-x29 are the callee's to keep */
    ldr     x1, [x0, #CRASH_SP]
    mov     sp, x1
    ldp     x0, x1, [x0]
    eret
    dsb     nsh
    isb
