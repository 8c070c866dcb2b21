/* SPDX-License-Identifier: MIT */
/*
 * First instructions of every hart. S-mode, MMU off, interrupts off; pc is the physical address of the code, so until the
 * jump everything is reached relative to pc. There is no identity map: turning the MMU on makes the next fetch fault, and
 * stvec holds the address to go on at.
 */
#include <riscv/csr.h>
#include <riscv/offsets.h>

#define PTE_LEAF 0xCF     /* V R W X A D: the early tables allow everything to the kernel */
#define GIB_PPN (1 << 28) /* a GiB in page numbers, where an entry has them */

/* t0 := satp for the tables whose physical address is in \root; t1 is lost. */
.macro SATP root
    srli \root, \root, 12
    li t1, SATP_SV39
    slli t1, t1, SATP_MODE_SHIFT
    or t0, \root, t1
.endm

/* Go on at `\label` in the kernel half, with the tables in t0; t1 is lost. The tables have no entry for this code. */
.macro JUMP_HIGH label
    lla t1, \label
    add t1, t1, s11
    csrw stvec, t1
    sfence.vma
    csrw satp, t0
    nop /* never executed: its fetch faults */
    .balign 4
\label:
.endm

.macro CLEAN_SUPERVISOR
    csrw sie, zero
    li t0, SSTATUS_SIE | SSTATUS_FS | SSTATUS_VS | SSTATUS_SUM | SSTATUS_MXR
    csrc sstatus, t0
    csrw satp, zero
    li s11, KERNEL_VBASE
.endm

/*
 * Every hart: a0 = its hart ID, a1 = physical address of the device tree (of the first hart only). The first one to come is
 * the boot hart. The others come when harts_start() asks for them, or earlier: old firmware sends all harts at once.
 */
    .section .text.start, "ax"
    .globl hart_start
hart_start:
    CLEAN_SUPERVISOR
    lla t0, image_header
    li t1, KERNEL_LOAD
    bne t0, t1, wrong_address
    lla t0, first_hart
    li t1, 1
    amoswap.w.aqrl t1, t1, (t0)
    bnez t1, another_hart

    lla t0, bss_start
    lla t1, image_end
1:  sd zero, 0(t0)
    addi t0, t0, 8
    bltu t0, t1, 1b

    lla t2, early_root
    SATP t2
    JUMP_HIGH boot_high

    lla tp, hal_state /* its first member is the array of CPUs, and this is CPU 0 */
    lla sp, boot_stacks + BOOT_STACK_GUARD + BOOT_STACK_SIZE
    addi sp, sp, -16
    sd a0, 0(sp) /* struct boot_params */
    sd a1, 8(sp)
    mv a0, sp
    li s0, 0     /* backtraces end here */
    call arch_boot_init

/* Until the boot hart has made the tables there is nothing to do; then look for the CPU that this hart is. */
another_hart:
    ld t0, secondary_satp
    beqz t0, another_hart
    fence r, rw
    JUMP_HIGH another_high
    lla tp, hal_state
    li t0, CPUS_MAX
1:  lw t1, CPU_STATE(tp)
    beqz t1, 2f
    ld t1, CPU_HARDWARE_ID(tp)
    beq t1, a0, 3f
    addi tp, tp, CPU_SIZE
    addi t0, t0, -1
    bnez t0, 1b
2:  wfi /* it is none: more harts than supported */
    j 2b
3:  ld sp, CPU_BOOT_TOP(tp)
    li s0, 0
    call secondary_main

/* Loaded where it cannot run: say so through the firmware (legacy console, extension 1) and stop. */
wrong_address:
    lla s0, wrong_address_text
1:  lbu a0, 0(s0)
    beqz a0, 2f
    li a7, 1
    ecall
    addi s0, s0, 1
    j 1b
2:  wfi
    j 2b

    .section .rodata.start, "a"
wrong_address_text:
    .asciz "boot: the kernel must be loaded at 0x80200000\n"

/* Early tables: the first 256 GiB of physical memory at KERNEL_VBASE, in blocks of a GiB. */
    .section .data.start, "aw"
    .balign 4096
early_root:
    .fill 256, 8, 0
    .set gib, 0
    .rept 256
    .dword gib * GIB_PPN | PTE_LEAF
    .set gib, gib + 1
    .endr

/** satp of the final tables, or 0; read with the MMU off. */
    .globl secondary_satp
secondary_satp:
    .dword 0

/* 1: a hart has come. Not in .bss, which that hart clears. */
first_hart:
    .word 0
