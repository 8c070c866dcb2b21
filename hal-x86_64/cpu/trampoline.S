/* SPDX-License-Identifier: MIT */
/*
 * Where another CPU starts: copied to a page below 1 MiB, whose number the start-up IPI carries. Real mode, cs = page
 * / 16. The other addresses are filled in by smp.c (struct trampoline lies at the end). From here straight into long
 * mode, with tables that map this page at its own address, and the kernel.
 */
#include <x86/asm.h>

#define AT(label) (label - trampoline_begin)

    .section .rodata.trampoline, "a"
    .globl trampoline_begin, trampoline_data, trampoline_end
    .code16
trampoline_begin:
    cli
    cld
    movw %cs, %ax
    movw %ax, %ds
    lgdtl AT(tr_gdtr)
    movl $CR4_PAE, %eax
    movl %eax, %cr4
    movl AT(tr_cr3), %eax
    movl %eax, %cr3
    movl $MSR_EFER, %ecx
    movl $EFER_LME | EFER_NXE, %eax
    xorl %edx, %edx
    wrmsr
    movl $CR0_PG | CR0_WP | CR0_NE | CR0_PE, %eax
    movl %eax, %cr0
    ljmpl *AT(tr_far)

    .code64
trampoline_64:
    movl $SEL_KERNEL_SS, %eax
    movl %eax, %ss
    xorl %eax, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %fs
    movl %eax, %gs
    movq tr_stack(%rip), %rsp
    movq tr_cpu(%rip), %rdi
    xorl %ebp, %ebp
    movq tr_entry(%rip), %rax
    call *%rax
1:  hlt
    jmp 1b

    .balign 8
tr_gdt:
    .quad 0, 0x00AF9B000000FFFF, 0x00CF93000000FFFF

/* struct trampoline */
    .balign 8
trampoline_data:
tr_stack:
    .quad 0
tr_cpu:
    .quad 0
tr_entry:
    .quad 0
tr_cr3:
    .long 0
tr_far:
    .long AT(trampoline_64)
    .short SEL_KERNEL_CS
tr_gdtr:
    .short trampoline_data - tr_gdt - 1
    .long AT(tr_gdt)
trampoline_end:
