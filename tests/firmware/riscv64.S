/* SPDX-License-Identifier: MIT */
/*
 * Firmware for tests on QEMU's virt board, in the place of OpenSBI: offers what a test wants it to, no more, and hands over
 * what a test wants it to. Reads no device tree, so damage in one is the kernel's alone.
 *
 *   OFFERS   a bit per extension: 1 TIME, 2 sPI, 4 HSM, 8 SRST, 16 legacy console; only TIME, SRST and the console work
 *   LEGACY   version 0.1 of the interface: timer, console and shutdown by number, everything else is an error
 *   EVERY_HART   all harts enter the kernel, as with old firmware, and not only hart 0
 *   TREE     address to hand over in place of the device tree's
 *   KERNEL   where the kernel is entered
 */
#ifndef KERNEL
#define KERNEL 0x80200000
#endif

#define TEST_DEVICE 0x100000
#define TEST_PASS 0x5555
#define TEST_CRASH ((99 << 16) | 0x3333) /* status 99: a trap that is none of the kernel's calls */
#define UART 0x10000000
#define TIMER_COMPARE 0x2004000 /* of hart 0 */

#define BASE 0x10
#define TIME 0x54494D45
#define SPI 0x735049
#define HSM 0x48534D
#define SRST 0x53525354
#define NOT_SUPPORTED (-2)
#define VERSION_1_0 0x1000000

#define CAUSE_SUPERVISOR_CALL 9
#define MENVCFG 0x30A
#define TIMER_MACHINE 0x80
#define TIMER_SUPERVISOR 0x20
#define MPP 0x1800
#define MPP_SUPERVISOR 0x800

    .text
    .globl _start
_start:
    csrr a0, mhartid
#ifndef EVERY_HART
    bnez a0, park
#endif
    la t0, trap
    csrw mtvec, t0
    la t0, scratch
    csrw mscratch, t0
    li t0, -1
    csrw pmpaddr0, t0
    csrw MENVCFG, t0
    li t0, 0x1F /* all of memory: read, write, execute */
    csrw pmpcfg0, t0
    li t0, 0xB1FF & ~(1 << CAUSE_SUPERVISOR_CALL)
    csrw medeleg, t0
    li t0, 0x222
    csrw mideleg, t0
    li t0, 7
    csrw mcounteren, t0
    li t0, MPP
    csrc mstatus, t0
    li t0, MPP_SUPERVISOR
    csrs mstatus, t0
    li t0, KERNEL
    csrw mepc, t0
#ifdef TREE
    li a1, TREE
#endif
    mret
park:
    wfi
    j park

    .balign 4
trap:
    csrrw sp, mscratch, sp
    sd t0, 0(sp)
    sd t1, 8(sp)
    csrr t0, mcause
    bltz t0, timer
    li t1, CAUSE_SUPERVISOR_CALL
    bne t0, t1, crash
    csrr t0, mepc
    addi t0, t0, 4
    csrw mepc, t0
    li t0, 1
    beq a7, t0, putchar
#ifdef LEGACY
    li t0, 8
    beq a7, t0, shutdown
    beqz a7, set_timer
#else
    li t0, BASE
    beq a7, t0, base
    li t0, SRST
    beq a7, t0, shutdown
    li t0, TIME
    beq a7, t0, set_timer
#endif
    li a0, NOT_SUPPORTED
    j return

base:
    mv t1, a0
    li a0, 0
    li a1, VERSION_1_0
    beqz a6, return
    li a1, 0
.macro OFFER bit, extension
    .if (OFFERS & \bit)
    li t0, \extension
    beq t1, t0, offered
    .endif
.endm
    OFFER 1, TIME
    OFFER 2, SPI
    OFFER 4, HSM
    OFFER 8, SRST
    OFFER 16, 1
    j return
offered:
    li a1, 1
    j return

putchar:
    li t0, UART
    sb a0, 0(t0)
    li a0, 0
    j return

set_timer:
    li t0, TIMER_COMPARE
    sd a0, 0(t0)
    li t0, TIMER_SUPERVISOR
    csrc mip, t0
    li t0, TIMER_MACHINE
    csrs mie, t0
    li a0, 0
    j return

timer:
    li t0, TIMER_MACHINE
    csrc mie, t0
    li t0, TIMER_SUPERVISOR
    csrs mip, t0
return:
    ld t0, 0(sp)
    ld t1, 8(sp)
    csrrw sp, mscratch, sp
    mret

shutdown:
    li t1, TEST_PASS
    j end
crash:
    li t1, TEST_CRASH
end:
    li t0, TEST_DEVICE
    sw t1, 0(t0)
    j end

    .data
    .balign 16
scratch:
    .zero 16
