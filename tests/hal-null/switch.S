/* SPDX-License-Identifier: MIT */
/*
 * void null_stack_switch(void **save_sp, void *load_sp): push what the calling convention preserves, change stacks, pop.
 * null_stack_start: first code on a new stack; null_fiber_init() laid the fiber's argument out in a preserved register.
 */
#if defined(__x86_64__)
    .text
    .globl null_stack_switch
    .type null_stack_switch, @function
null_stack_switch:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    subq $8, %rsp
    stmxcsr (%rsp)
    fnstcw 4(%rsp)
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    ldmxcsr (%rsp)
    fldcw 4(%rsp)
    addq $8, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
    .size null_stack_switch, . - null_stack_switch

    .globl null_stack_start
    .type null_stack_start, @function
null_stack_start:
    .cfi_startproc
    .cfi_undefined rip
    movq %rbx, %rdi
    xorl %ebp, %ebp
    call null_fiber_main
    ud2
    .cfi_endproc
    .size null_stack_start, . - null_stack_start
#elif defined(__aarch64__)
    .text
    .globl null_stack_switch
    .type null_stack_switch, %function
null_stack_switch:
    sub sp, sp, #160
    stp x19, x20, [sp, #0]
    stp x21, x22, [sp, #16]
    stp x23, x24, [sp, #32]
    stp x25, x26, [sp, #48]
    stp x27, x28, [sp, #64]
    stp x29, x30, [sp, #80]
    stp d8, d9, [sp, #96]
    stp d10, d11, [sp, #112]
    stp d12, d13, [sp, #128]
    stp d14, d15, [sp, #144]
    mov x9, sp
    str x9, [x0]
    mov sp, x1
    ldp x19, x20, [sp, #0]
    ldp x21, x22, [sp, #16]
    ldp x23, x24, [sp, #32]
    ldp x25, x26, [sp, #48]
    ldp x27, x28, [sp, #64]
    ldp x29, x30, [sp, #80]
    ldp d8, d9, [sp, #96]
    ldp d10, d11, [sp, #112]
    ldp d12, d13, [sp, #128]
    ldp d14, d15, [sp, #144]
    add sp, sp, #160
    ret
    .size null_stack_switch, . - null_stack_switch

    .globl null_stack_start
    .type null_stack_start, %function
null_stack_start:
    .cfi_startproc
    .cfi_undefined x30
    mov x0, x19
    mov x29, xzr
    bl null_fiber_main
    brk #0
    .cfi_endproc
    .size null_stack_start, . - null_stack_start
#else
#error "hal-null runs on x86_64 and aarch64 hosts"
#endif
    .section .note.GNU-stack, "", %progbits
