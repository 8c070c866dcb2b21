/* SPDX-License-Identifier: MIT */
/*
 * Into user mode and out of it. arch_user_run() calls user_enter(), which parks the kernel's registers on the kernel
 * stack and loads those of the frame; a trap saves the user's registers into the same frame, takes the kernel stack
 * back and returns from user_enter(). While user mode runs, TSS.RSP0 and the CPU's frame_end point behind the frame,
 * so that an exception pushes into it. The kernel's GS base is the CPU, exchanged at each crossing.
 *
 * Exceptions and interrupts of the kernel itself are saved on its stack and handed to trap_kernel().
 */
#include <x86/asm.h>

#define RFLAGS_CLEAN 0x2 /* everything off, AC (the way around SMAP) and DF included */
#define USER_RIP_TO_RSP 24

/* struct trap_frame from rax to r15; push_all ends with rsp at the frame. */
.macro push_all
    .irp r, r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax
    pushq %\r
    .endr
.endm
.macro pop_all
    .irp r, rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
    popq %\r
    .endr
    addq $16, %rsp /* vector, error code */
.endm

    .text

/*
 * void user_enter(struct trap_frame *frame, bool fast); fast: rcx = rip, r11 = rflags, rip canonical: SYSRET may do
 * it.
 */
    .globl user_enter
user_enter:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, %gs:CPU_KERNEL_SP
    movq %rdi, %rsp
    testb %sil, %sil
    jnz 1f
    pop_all
    swapgs
    iretq
1:  pop_all
    movq USER_RIP_TO_RSP(%rsp), %rsp
    swapgs
    sysretq

/* The user's registers are in the frame: back into the kernel, to where user_enter() was called. */
user_left:
    movq %gs:CPU_KERNEL_SP, %rsp
    pushq $RFLAGS_CLEAN
    popfq
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret

/* SYSCALL: rcx = user rip, r11 = user rflags, rsp still the user's; flags masked by MSR_FMASK. */
    .globl syscall_entry
syscall_entry:
    swapgs
    movq %rsp, %gs:CPU_USER_SP
    movq %gs:CPU_FRAME_END, %rsp
    pushq $SEL_USER_SS
    pushq %gs:CPU_USER_SP
    pushq %r11
    pushq $SEL_USER_CS
    pushq %rcx
    pushq $0
    pushq $VECTOR_SYSCALL
    push_all
    jmp user_left

/* All vectors: stack = [vector, error code, rip, cs, rflags, rsp, ss]. */
trap_common:
    push_all
    testb $3, FRAME_CS(%rsp)
    jz 1f
    swapgs
    jmp user_left
1:  cld
    movq %rsp, %rdi
    call trap_kernel
    pop_all
    iretq

/* Vectors with a stack of their own: they come at any instruction, also where GS is still or already the user's. */
trap_any:
    push_all
    xorl %ebx, %ebx
    movl $MSR_GS_BASE, %ecx
    rdmsr
    testl %edx, %edx
    js 1f /* an address of the kernel */
    swapgs
    incl %ebx
1:  cld
    movq %rsp, %rdi
    call trap_kernel
    testl %ebx, %ebx
    jz 2f
    swapgs
2:  pop_all
    iretq

/* One entry point per vector, 16 bytes each; the CPU pushes an error code for vectors 8, 10-14, 17, 21, 29 and 30. */
#define HAS_ERROR_CODE(v) ((v) < 32 && ((0x60227D00 >> (v)) & 1))

    .balign 16
    .globl trap_vectors
trap_vectors:
    .set v, 0
    .rept VECTOR_COUNT
    .balign 16
    .if !HAS_ERROR_CODE(v)
    pushq $0
    .endif
    pushq $v
    .if v == VECTOR_NMI || v == VECTOR_DOUBLE_FAULT || v == VECTOR_MACHINE_CHECK
    jmp trap_any
    .else
    jmp trap_common
    .endif
    .set v, v + 1
    .endr
