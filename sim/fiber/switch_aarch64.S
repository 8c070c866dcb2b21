/* SPDX-License-Identifier: MIT */
/* Stack switch, AAPCS64: x19-x30 and d8-d15 belong to the caller. */
    .text

    .macro PUSH_CALLEE_SAVED
    sub sp, sp, #160
    .cfi_adjust_cfa_offset 160
    stp x29, x30, [sp, #0]
    .cfi_rel_offset x29, 0
    .cfi_rel_offset x30, 8
    stp x19, x20, [sp, #16]
    stp x21, x22, [sp, #32]
    stp x23, x24, [sp, #48]
    stp x25, x26, [sp, #64]
    stp x27, x28, [sp, #80]
    stp d8, d9, [sp, #96]
    stp d10, d11, [sp, #112]
    stp d12, d13, [sp, #128]
    stp d14, d15, [sp, #144]
    mov x9, sp
    str x9, [x0]
    .endm

    .globl fiber_swap_stack
    .hidden fiber_swap_stack
    .type fiber_swap_stack, %function
fiber_swap_stack:
    .cfi_startproc
    PUSH_CALLEE_SAVED
    mov sp, x1 /* the other stack has the same frame */
    ldp x29, x30, [sp, #0]
    ldp x19, x20, [sp, #16]
    ldp x21, x22, [sp, #32]
    ldp x23, x24, [sp, #48]
    ldp x25, x26, [sp, #64]
    ldp x27, x28, [sp, #80]
    ldp d8, d9, [sp, #96]
    ldp d10, d11, [sp, #112]
    ldp d12, d13, [sp, #128]
    ldp d14, d15, [sp, #144]
    add sp, sp, #160
    .cfi_adjust_cfa_offset -160
    ret
    .cfi_endproc
    .size fiber_swap_stack, . - fiber_swap_stack

    .globl fiber_enter_context
    .hidden fiber_enter_context
    .type fiber_enter_context, %function
fiber_enter_context:
    .cfi_startproc
    PUSH_CALLEE_SAVED
    mov x0, x1
    bl setcontext
    brk #0 /* it does not return */
    .cfi_endproc
    .size fiber_enter_context, . - fiber_enter_context

    .section .note.GNU-stack, "", %progbits
