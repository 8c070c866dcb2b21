/* SPDX-License-Identifier: MIT */
/* The first page of the kernel: the header of RISC-V boot loaders, and that of an EFI application. */
#include <efi/pe.inc>

#define IMAGE_OFFSET   0x200000   /* from the start of RAM */
#define HEADER_VERSION 2          /* 0.2 */
#define HEADER_MAGIC2  0x05435352 /* "RSC" and 5 */

    .section .head, "ax"
    .globl image_header
image_header:
    c.li s4, -13 /* does no harm, and its two bytes are "MZ" */
    .option push
    .option norvc
    j hart_start
    .option pop
    .org 8
    .dword IMAGE_OFFSET
    .dword image_end - image_header /* bytes it takes in memory */
    .dword 0                        /* flags: little-endian */
    .word HEADER_VERSION
    .word 0
    .dword 0
    .ascii "RISCV\0\0\0"
    .word HEADER_MAGIC2
    .org PE_OFFSET_AT
    .word pe_header_start - image_header
    pe_header PE_RISCV64
