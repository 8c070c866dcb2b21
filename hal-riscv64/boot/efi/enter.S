/* SPDX-License-Identifier: MIT */
/*
 * efi_port_enter(a0 = kernel, a1 = device tree, a2 = hart ID): from UEFI in S-mode, memory identity-mapped if at all, to
 * what a kernel gets from SBI firmware: MMU and interrupts off, a0 = hart ID, a1 = device tree.
 */
#define SSTATUS_SIE 2

    .section .text.efi_port_enter, "ax"
    .globl efi_port_enter
    .hidden efi_port_enter
efi_port_enter:
    csrci sstatus, SSTATUS_SIE
    csrw sie, zero
    csrw satp, zero
    sfence.vma
    fence
    fence.i
    mv t0, a0
    mv a0, a2
    jr t0
