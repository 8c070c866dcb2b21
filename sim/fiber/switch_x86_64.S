/* SPDX-License-Identifier: MIT */
/*
 * Stack switch, System V x86-64: rbx, rbp and r12-r15 belong to the caller; nobody here changes MXCSR or the x87
 * word.
 */
    .text

    .macro PUSH_CALLEE_SAVED
    pushq %rbp
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset rbp, 0
    pushq %rbx
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset rbx, 0
    pushq %r12
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset r12, 0
    pushq %r13
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset r13, 0
    pushq %r14
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset r14, 0
    pushq %r15
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset r15, 0
    .endm

    .globl fiber_swap_stack
    .hidden fiber_swap_stack
    .type fiber_swap_stack, @function
fiber_swap_stack:
    .cfi_startproc
    PUSH_CALLEE_SAVED
    movq %rsp, (%rdi)
    movq %rsi, %rsp /* the other stack has the same frame */
    popq %r15
    .cfi_adjust_cfa_offset -8
    popq %r14
    .cfi_adjust_cfa_offset -8
    popq %r13
    .cfi_adjust_cfa_offset -8
    popq %r12
    .cfi_adjust_cfa_offset -8
    popq %rbx
    .cfi_adjust_cfa_offset -8
    popq %rbp
    .cfi_adjust_cfa_offset -8
    ret
    .cfi_endproc
    .size fiber_swap_stack, . - fiber_swap_stack

    .globl fiber_enter_context
    .hidden fiber_enter_context
    .type fiber_enter_context, @function
fiber_enter_context:
    .cfi_startproc
    PUSH_CALLEE_SAVED
    movq %rsp, (%rdi)
    movq %rsi, %rdi
    subq $8, %rsp /* calls want 16-byte alignment */
    .cfi_adjust_cfa_offset 8
    call setcontext@PLT
    hlt /* it does not return */
    .cfi_endproc
    .size fiber_enter_context, . - fiber_enter_context

    .section .note.GNU-stack, "", @progbits
