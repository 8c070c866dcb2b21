/* SPDX-License-Identifier: MIT */
/*
 * The trap entry. From user mode sscratch is the CPU (struct hal_cpu); the registers go into the frame that
 * user_enter() was given, and user_enter() returns. From kernel mode sscratch is 0; the registers go onto the exception
 * stack, so that a full kernel stack can still be reported.
 */
#include <riscv/csr.h>
#include <riscv/offsets.h>

/* Load or store (\op) what the calling convention preserves, at sp. */
.macro PRESERVED op
    \op ra, 0(sp)
    \op s0, 8(sp)
    \op s1, 16(sp)
    \op s2, 24(sp)
    \op s3, 32(sp)
    \op s4, 40(sp)
    \op s5, 48(sp)
    \op s6, 56(sp)
    \op s7, 64(sp)
    \op s8, 72(sp)
    \op s9, 80(sp)
    \op s10, 88(sp)
    \op s11, 96(sp)
.endm

/* Load or store x6-x31 of the frame at \base. */
.macro UPPER_REGISTERS op, base
    .irp n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    \op x\n, 8 * (\n - 1)(\base)
    .endr
.endm

    .section .text.trap, "ax"
    .globl trap_vector
    .balign 4
trap_vector:
    csrrw tp, sscratch, tp
    beqz tp, kernel_trap
    sd t0, CPU_SCRATCH0(tp)
    ld t0, CPU_FRAME(tp)
    sd ra, FRAME_RA(t0)
    sd sp, FRAME_SP(t0)
    sd gp, FRAME_GP(t0)
    UPPER_REGISTERS sd, t0
    ld t1, CPU_SCRATCH0(tp)
    csrrw t2, sscratch, zero
    csrr t3, sepc
    csrr t4, sstatus
    sd t1, FRAME_T0(t0)
    sd t2, FRAME_TP(t0)
    sd t3, FRAME_SEPC(t0)
    sd t4, FRAME_SSTATUS(t0)
    csrr a0, scause
    csrr a1, stval
    ld sp, CPU_KERNEL_SP(tp)
    PRESERVED ld
    addi sp, sp, SAVED_SIZE
    ret /* of user_enter() */

/* struct user_stop user_enter(struct trap_frame *frame) */
    .globl user_enter
user_enter:
    addi sp, sp, -SAVED_SIZE
    PRESERVED sd
    sd sp, CPU_KERNEL_SP(tp)
    sd a0, CPU_FRAME(tp)
    ld t0, FRAME_SEPC(a0)
    ld t1, FRAME_SSTATUS(a0)
    csrw sepc, t0
    csrw sstatus, t1
    csrw sscratch, tp
    mv t0, a0
    UPPER_REGISTERS ld, t0
    ld ra, FRAME_RA(t0)
    ld sp, FRAME_SP(t0)
    ld gp, FRAME_GP(t0)
    ld tp, FRAME_TP(t0)
    ld t0, FRAME_T0(t0)
    sret

/* A fault of the kernel. If it happens on the exception stack, that stack goes on. */
kernel_trap:
    csrrw tp, sscratch, tp
    sd t0, CPU_SCRATCH0(tp)
    sd sp, CPU_SCRATCH1(tp)
    ld t0, CPU_EXCEPTION_TOP(tp)
    sub t0, t0, sp
    srli t0, t0, BOOT_STACK_SHIFT
    beqz t0, 1f
    ld sp, CPU_EXCEPTION_TOP(tp)
1:  addi sp, sp, -FRAME_SIZE
    sd ra, FRAME_RA(sp)
    sd gp, FRAME_GP(sp)
    sd tp, FRAME_TP(sp)
    UPPER_REGISTERS sd, sp
    ld t0, CPU_SCRATCH0(tp)
    ld t1, CPU_SCRATCH1(tp)
    csrr t2, sepc
    csrr t3, sstatus
    sd t0, FRAME_T0(sp)
    sd t1, FRAME_SP(sp)
    sd t2, FRAME_SEPC(sp)
    sd t3, FRAME_SSTATUS(sp)
    mv a0, sp
    csrr a1, scause
    csrr a2, stval
    call kernel_exception
    ld t0, FRAME_SEPC(sp) /* it came back: the fault was expected */
    ld t1, FRAME_SSTATUS(sp)
    csrw sepc, t0
    csrw sstatus, t1
    ld ra, FRAME_RA(sp)
    ld t0, FRAME_T0(sp)
    UPPER_REGISTERS ld, sp
    ld sp, FRAME_SP(sp)
    sret

/* void context_swap(uint64_t *from_sp, uint64_t to_sp) */
    .globl context_swap
context_swap:
    addi sp, sp, -SAVED_SIZE
    PRESERVED sd
    sd sp, 0(a0)
    mv sp, a1
    PRESERVED ld
    addi sp, sp, SAVED_SIZE
    ret

/* Where a new context begins, as context_new() has laid it out: s1 = entry, s2 = its argument, s0 = 0. */
    .globl context_begin
context_begin:
    mv a0, s2
    jalr s1
    unimp
