/* SPDX-License-Identifier: MIT */
/* The first page of the kernel: the header of the arm64 boot protocol, and that of an EFI application. */
#include <efi/pe.inc>

#define IMAGE_FLAGS 0xA /* little-endian, 4 KiB pages, anywhere in memory */

    .section .head, "ax"
    .globl image_header
image_header:
    add x13, x18, #0x16 /* does no harm, and its first bytes are "MZ" */
    b start
    .quad 0                         /* offset from a 2 MiB boundary */
    .quad image_end - image_header  /* bytes it takes in memory */
    .quad IMAGE_FLAGS
    .quad 0, 0, 0
    .ascii "ARM\x64"
    .org PE_OFFSET_AT
    .long pe_header_start - image_header
    pe_header PE_AARCH64
