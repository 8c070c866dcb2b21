/* SPDX-License-Identifier: MIT */
    .text

/* void context_switch(uint64_t *from_sp, uint64_t to_sp): registers that calls preserve go onto the old stack. */
    .globl context_switch
context_switch:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret

/* The first code of a context: r12 = entry, r13 = its argument, rbp = 0 (backtraces end here). */
    .globl context_begin
context_begin:
    movq %r13, %rdi
    call *%r12
    ud2
