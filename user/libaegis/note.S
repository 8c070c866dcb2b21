/* SPDX-License-Identifier: MIT */
/* The note that makes an ELF file a program of the aegis personality: name "aegis", type 1, ABI version 1. */
    .section .note.aegis, "a", %note
    .balign 4
    .4byte 6, 4, 1
    .asciz "aegis"
    .balign 4
    .4byte 1
    .section .note.GNU-stack, "", %progbits
