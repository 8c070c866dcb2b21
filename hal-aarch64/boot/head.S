/* SPDX-License-Identifier: MIT */
/*
 * First instructions of every CPU: down to EL1, MMU on, up to the kernel half.
 *
 * Boot CPU: x0 = device tree (physical) or 0, MMU and data cache off, at EL1, EL2 or EL3 (arm64 boot protocol).
 * Other CPUs: x0 = physical address of their struct secondary (PSCI CPU_ON), otherwise the same.
 * Registers kept to the end: x20 = x0, x21 = ENTRY_* flags, x28 = ARCH_KERNEL_VBASE. No stack until the MMU is on.
 */
#include <a64/offsets.h>

#define KERNEL_VBASE 0xFFFF000000000000
#define KERNEL_LINKED (KERNEL_VBASE + 0x40200000) /* kernel.ld */
#define EL2 (2 << 2) /* of CurrentEL */
#define EL3 (3 << 2)
#define SPSR_EL1H_MASKED 0x3C5 /* EL1 with its own stack pointer, DAIF set */
#define MPIDR_AFFINITY 0xFF00FFFFFF

/* SCTLR_EL1: bits that are one where a feature is absent, and EOS, EIS, nTLSMD, LSMAOE. */
#define SCTLR_RES1 0x30500800
#define SCTLR_SPAN (1 << 23) /* one: PSTATE.PAN is left alone by exceptions (the only way without FEAT_PAN) */
/* M, C, SA, SA0, I; and as in the simulator DZE, UCT, nTWE, UCI (EL0 may maintain caches, may not WFI). */
#define SCTLR_ON (1 << 0 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 12 | 1 << 14 | 1 << 15 | 1 << 18 | 1 << 26)

#define MAIR 0x04FF4400 /* hal-aarch64/isa/pagetable.c: 2 write-back memory, 3 device nGnRE */
/* T0SZ = T1SZ = 16, 4 KiB granules, table walks write-back and inner shareable. */
#define TCR (16 | 16 << 16 | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 24 | 1 << 26 | 3 << 28 | 2 << 30)
#define TCR_IPS_SHIFT 32
#define TCR_IPS_MAX 5 /* 48 bits */
#define TCR_AS_SHIFT 36

#define DESC_TABLE 3
#define DESC_BLOCK (1 | 2 << 2 | 3 << 8 | 1 << 10 | 1 << 11) /* write-back memory, inner shareable, accessed, nG */
#define BLOCK_SHIFT 21
#define TABLE_SHIFT 30
#define INDEX_BITS 9

#define R_AARCH64_RELATIVE 1027

#define ICC_SRE_EL2 S3_4_C12_C9_5
#define ICC_SRE_EL3 S3_6_C12_C12_5
#define ICH_HCR_EL2 S3_4_C12_C11_0
#define ICC_SRE_ALL 0xF /* system registers, lower levels may use them too */

    .text
    .global start
start:
    mov     x20, x0
    mov     x21, xzr
    bl      drop_to_el1
    bl      clear_bss
    bl      relocate
    bl      build_early_tables
    adrp    x0, early_l0
    mov     x1, x0
    bl      mmu_on
    adrp    x1, boot_stacks
    add     x1, x1, :lo12:boot_stacks
    add     x1, x1, x28
    add     x1, x1, #BOOT_STACK_TOP
    mov     sp, x1
    adr     x2, 1f
    add     x2, x2, x28
    br      x2
1:  mov     x0, x20
    mov     x1, x21
    mov     x29, xzr            /* the end of backtraces */
    bl      boot_main
    b       park

/* Another CPU. Its struct is in memory, whatever the caches hold: boot has cleaned it. */
    .global secondary_start
secondary_start:
    mov     x20, x0
    mov     x21, xzr
    bl      drop_to_el1
    adrp    x0, early_l0
    ldr     x1, [x20, #SECONDARY_TTBR1]
    ldr     x2, [x20, #SECONDARY_STACK]
    ldr     x20, [x20, #SECONDARY_CPU]
    bl      mmu_on
    mov     sp, x2
    adr     x2, 1f
    add     x2, x2, x28
    br      x2
1:  mov     x0, x20
    mov     x29, xzr
    bl      secondary_main

park:
    wfe
    b       park

/*
 * From the level that firmware has left us at. At EL3 there is no firmware: every CPU begins here, one goes on, in
 * Secure EL1, where the interrupt controller needs nobody's permission.
 */
drop_to_el1:
    msr     daifset, #15
    mov     x28, #KERNEL_VBASE
    ldr     x9, =SCTLR_RES1 | SCTLR_SPAN
    msr     sctlr_el1, x9
    mrs     x9, CurrentEL
    cmp     x9, #EL3
    b.eq    from_el3
    cmp     x9, #EL2
    b.eq    from_el2
    isb
    ret

from_el3:
    mrs     x9, mpidr_el1
    ldr     x10, =MPIDR_AFFINITY
    tst     x9, x10
    b.ne    park
    mov     x21, #ENTRY_EL3
    ldr     x9, =(1 << 17 | 1 << 16 | 1 << 10 | 1 << 7 | 3 << 4) /* API, APK, RW, SMD, RES1; Secure, no interrupts */
    msr     scr_el3, x9
    msr     cptr_el3, xzr
    msr     mdcr_el3, xzr
    mrs     x9, id_aa64pfr0_el1
    tst     x9, #(15 << 24)     /* GIC system registers */
    b.eq    1f
    mov     x9, #ICC_SRE_ALL
    msr     ICC_SRE_EL3, x9
1:  mov     x9, #SPSR_EL1H_MASKED
    msr     spsr_el3, x9
    msr     elr_el3, x30
    isb
    eret

from_el2:
    mov     x21, #ENTRY_EL2
    ldr     x9, =(3 << 40 | 1 << 31 | 1 << 29) /* APK and API, RW, HCD: EL1 owns everything and calls nobody */
    msr     hcr_el2, x9
    isb
    mov     x9, #0x33FF         /* RES1, no trap of FP */
    msr     cptr_el2, x9
    msr     hstr_el2, xzr
    msr     vttbr_el2, xzr
    mov     x9, #3              /* EL1 may use the physical counter and timer */
    msr     cnthctl_el2, x9
    msr     cntvoff_el2, xzr
    mrs     x9, midr_el1
    msr     vpidr_el2, x9
    mrs     x9, mpidr_el1
    msr     vmpidr_el2, x9
    mov     x10, xzr            /* MDCR_EL2.HPMN: EL1 gets all event counters, of which there may be none */
    mrs     x9, id_aa64dfr0_el1
    ubfx    x9, x9, #8, #4
    sub     x9, x9, #1
    cmp     x9, #13             /* 0: none, 15: not the architecture's */
    b.hi    1f
    mrs     x10, pmcr_el0
    ubfx    x10, x10, #11, #5
1:  msr     mdcr_el2, x10
    mrs     x9, id_aa64pfr0_el1
    tst     x9, #(15 << 24)
    b.eq    2f
    mov     x9, #ICC_SRE_ALL
    msr     ICC_SRE_EL2, x9
    isb
    msr     ICH_HCR_EL2, xzr
2:  mov     x9, #SPSR_EL1H_MASKED
    msr     spsr_el2, x9
    msr     elr_el2, x30
    isb
    eret

/*
 * The loader has written the image through a cache and cleaned that; lines that are still in it must not hide what is
 * written now, without the cache. The range is in whole pages.
 */
clear_bss:
    adrp    x4, image_start
    adrp    x1, image_end
    mrs     x2, ctr_el0
    ubfx    x2, x2, #16, #4     /* DminLine: log2 of words */
    mov     x3, #4
    lsl     x3, x3, x2
1:  dc      ivac, x4
    add     x4, x4, x3
    cmp     x4, x1
    b.lo    1b
    dsb     sy
    adrp    x0, bss_start
2:  stp     xzr, xzr, [x0]
    stp     xzr, xzr, [x0, #16]
    stp     xzr, xzr, [x0, #32]
    stp     xzr, xzr, [x0, #48]
    add     x0, x0, #64
    cmp     x0, x1
    b.lo    2b
    ret

/* Add to every absolute address in the image how far from its link address it was loaded. */
relocate:
    adrp    x0, rela_start
    add     x0, x0, :lo12:rela_start
    adrp    x1, rela_end
    add     x1, x1, :lo12:rela_end
    adrp    x2, image_start
    add     x2, x2, x28
    ldr     x3, =KERNEL_LINKED
    sub     x2, x2, x3
1:  cmp     x0, x1
    b.hs    2f
    ldp     x4, x5, [x0], #24   /* where, type */
    ldur    x6, [x0, #-8]       /* addend */
    cmp     x5, #R_AARCH64_RELATIVE
    b.ne    1b
    add     x4, x4, x2
    sub     x4, x4, x28         /* its physical address */
    add     x6, x6, x2
    str     x6, [x4]
    b       1b
2:  ret

/*
 * The image, in blocks of 2 MiB, at its physical address and in the kernel half: the same tables serve both. A loader
 * that let the image cross a boundary of 1 GiB is not supported.
 */
build_early_tables:
    adrp    x0, early_l0
    adrp    x1, early_l1
    adrp    x2, early_l2
    orr     x3, x1, #DESC_TABLE
    str     x3, [x0]
    adrp    x4, image_start
    ubfx    x5, x4, #TABLE_SHIFT, #INDEX_BITS
    orr     x3, x2, #DESC_TABLE
    str     x3, [x1, x5, lsl #3]
    adrp    x6, image_end
    lsr     x4, x4, #BLOCK_SHIFT
    lsl     x4, x4, #BLOCK_SHIFT
    ldr     x7, =DESC_BLOCK
1:  ubfx    x5, x4, #BLOCK_SHIFT, #INDEX_BITS
    orr     x3, x4, x7
    str     x3, [x2, x5, lsl #3]
    add     x4, x4, #(1 << BLOCK_SHIFT)
    cmp     x4, x6
    b.lo    1b
    dsb     sy
    ret

/* Translation on, with x0 = TTBR0 (identity), x1 = TTBR1. Changes x9-x11. */
mmu_on:
    ldr     x9, =MAIR
    msr     mair_el1, x9
    ldr     x9, =TCR
    mrs     x10, id_aa64mmfr0_el1
    and     x11, x10, #15       /* PARange */
    cmp     x11, #TCR_IPS_MAX
    b.ls    1f
    mov     x11, #TCR_IPS_MAX
1:  orr     x9, x9, x11, lsl #TCR_IPS_SHIFT
    ubfx    x11, x10, #5, #1    /* ASIDBits: 0 is 8 bits, 2 is 16 */
    orr     x9, x9, x11, lsl #TCR_AS_SHIFT
    msr     tcr_el1, x9
    msr     ttbr0_el1, x0
    msr     ttbr1_el1, x1
    isb
    tlbi    vmalle1
    dsb     nsh
    ic      iallu
    dsb     nsh
    isb
    ldr     x9, =SCTLR_RES1 | SCTLR_ON
    mrs     x10, id_aa64mmfr1_el1
    tst     x10, #(15 << 20)    /* FEAT_PAN */
    b.ne    2f
    orr     x9, x9, #SCTLR_SPAN
2:  msr     sctlr_el1, x9
    isb
    ret

/*
 * mmu_replace(x0 = new TTBR1, x1 = empty table): the kernel half is changed block by block, so the old one must be
 * forgotten first; in between only this code's identity mapping is there.
 */
    .global mmu_replace
mmu_replace:
    mov     x9, #KERNEL_VBASE
    adr     x10, 1f
    sub     x10, x10, x9
    adr     x11, 2f
    br      x10
1:  msr     ttbr1_el1, x1
    isb
    tlbi    vmalle1
    dsb     nsh
    isb
    msr     ttbr1_el1, x0
    isb
    br      x11
2:  ret
    .ltorg
