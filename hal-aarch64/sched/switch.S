/* SPDX-License-Identifier: MIT */
/* Kernel contexts: what the calling convention preserves lies on the stack, its address in struct arch_context. */

#define SAVED_SIZE 96

/* void arch_context_switch(struct arch_context *from, struct arch_context *to) */
    .text
    .global arch_context_switch
arch_context_switch:
    stp     x29, x30, [sp, #-SAVED_SIZE]!
    stp     x19, x20, [sp, #16]
    stp     x21, x22, [sp, #32]
    stp     x23, x24, [sp, #48]
    stp     x25, x26, [sp, #64]
    stp     x27, x28, [sp, #80]
    mov     x9, sp
    str     x9, [x0]
    dsb     ish                 /* `from` may go on elsewhere: its maintenance and table entries are done */
    ldr     x9, [x1]
    mov     sp, x9
    ldp     x19, x20, [sp, #16]
    ldp     x21, x22, [sp, #32]
    ldp     x23, x24, [sp, #48]
    ldp     x25, x26, [sp, #64]
    ldp     x27, x28, [sp, #80]
    ldp     x29, x30, [sp], #SAVED_SIZE
    ret

/* A new context begins here, with x19 = entry, x20 = its argument. */
    .global context_start
context_start:
    mov     x0, x20
    blr     x19
    brk     #0                  /* entry may not return */
