/* SPDX-License-Identifier: MIT */
/* First instruction of a task: the kernel has set the stack pointer and cleared everything else. */
    .section .text.start, "ax", @progbits
    .global _start
    .type _start, @function
_start:
    call aegis_start
    unimp
    .size _start, . - _start
    .section .note.GNU-stack, "", @progbits
