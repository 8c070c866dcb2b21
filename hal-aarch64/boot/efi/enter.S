/* SPDX-License-Identifier: MIT */
/*
 * efi_port_enter(x0 = kernel, x1 = device tree, x2 unused): from UEFI, with memory identity-mapped at EL1 or EL2, to the
 * arm64 boot protocol: MMU and caches off, x0 = device tree, x1-x3 zero. What memory holds has been cleaned.
 */
#define EL2         (2 << 2) /* of CurrentEL */
#define SCTLR_MMU   (1 << 0)
#define SCTLR_CACHE (1 << 2)
#define SCTLR_ICACHE (1 << 12)

    .section .text.efi_port_enter, "ax"
    .globl efi_port_enter
    .hidden efi_port_enter
efi_port_enter:
    msr daifset, #15
    mov x4, #(SCTLR_MMU | SCTLR_CACHE)
    orr x4, x4, #SCTLR_ICACHE
    mrs x5, CurrentEL
    cmp x5, #EL2
    b.eq 1f
    mrs x5, sctlr_el1
    bic x5, x5, x4
    msr sctlr_el1, x5
    isb
    tlbi vmalle1
    b 2f
1:  mrs x5, sctlr_el2
    bic x5, x5, x4
    msr sctlr_el2, x5
    isb
    tlbi alle2
2:  dsb nsh
    ic iallu
    dsb nsh
    isb
    mov x4, x0
    mov x0, x1
    mov x1, xzr
    mov x2, xzr
    mov x3, xzr
    br x4
