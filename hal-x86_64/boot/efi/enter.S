/* SPDX-License-Identifier: MIT */
/*
 * From the long mode of UEFI to the state that Multiboot2 prescribes: protected mode, paging off, flat segments,
 * interrupts off, EAX = magic, EBX = information block. Runs from a copy in an identity-mapped page below 4 GiB.
 * In (calling convention of UEFI): RCX = entry, RDX = information block.
 */
#define MAGIC    0x36D76289
#define CR0_PG   0x80000000
#define MSR_EFER 0xC0000080
#define CODE32   8
#define DATA32   16

    .section .rdata, "dr"
    .globl x86_enter, x86_enter_end
    .code64
x86_enter:
    cli
    movl %ecx, %esi
    movl %edx, %ebx
    leaq gdt(%rip), %rax
    movq %rax, gdt_pointer + 2(%rip)
    lgdt gdt_pointer(%rip)
    leaq 1f(%rip), %rax
    pushq $CODE32
    pushq %rax
    lretq
    .code32
1:  movl $DATA32, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %fs
    movl %eax, %gs
    movl %eax, %ss
    movl %cr0, %eax
    andl $~CR0_PG, %eax
    movl %eax, %cr0
    movl $MSR_EFER, %ecx
    xorl %eax, %eax
    xorl %edx, %edx
    wrmsr
    movl %eax, %cr4
    movl $MAGIC, %eax
    jmp *%esi
    .balign 8
gdt:
    .quad 0, 0x00CF9A000000FFFF, 0x00CF92000000FFFF
gdt_pointer:
    .word gdt_pointer - gdt - 1
    .quad 0
x86_enter_end:
