/* SPDX-License-Identifier: MIT */
/*
 * From the boot loader to C. Both protocols enter in 32-bit protected mode, flat segments, no paging, interrupts off,
 * with the address of the parameters in ebx. Registers here: esi = how we were entered, ebx = parameters.
 */
#include <x86/asm.h>

#define CPUID_EXTENDED 0x80000000
#define CPUID_LONG_MODE 29 /* of 0x80000001 edx */
#define CPUID_NX 20
#define CPUID_HYPERVISOR 31 /* of 1 ecx */

#define TABLE_P_W 0x003
#define TABLE_BLOCK 0x083 /* 2 MiB, present, writable */
#define TABLES_PDPT 0x1000
#define TABLES_PD 0x2000
#define GIBS 4
#define KERNEL_ROOT_ENTRY 256 /* of KERNEL_VBASE */

#define COM1 0x3F8
#define LINE_STATUS 5
#define LINE_ROOM 0x20

/* -- Headers -- */

    .section .note.pvh, "a", @note
    .balign 4
    .long 4, 4, 18 /* name size, value size, XEN_ELFNOTE_PHYS32_ENTRY */
    .asciz "Xen"
    .long phys_start_pvh

#define MB2_MAGIC 0xE85250D6
#define MB2_TAG_ENTRY 3
#define MB2_TAG_FRAMEBUFFER 5
#define MB2_TAG_ALIGN_MODULES 6
#define MB2_OPTIONAL 1

    .section .boot.header, "a"
    .balign 8
header:
    .long MB2_MAGIC, 0, header_end - header, -(MB2_MAGIC + header_end - header)
    .short MB2_TAG_ENTRY, 0
    .long 12, phys_start_multiboot2
    .balign 8
    .short MB2_TAG_FRAMEBUFFER, MB2_OPTIONAL
    .long 20, 0, 0, 32 /* any size, 32 bits a pixel */
    .balign 8
    .short MB2_TAG_ALIGN_MODULES, 0
    .long 8
    .short 0, 0
    .long 8
header_end:

/* -- 32 bits -- */

    .section .boot.text, "ax"
    .code32
    .globl start_pvh, start_multiboot2, start_64, start_gdt, start_gdtr, start_message
start_pvh:
    movl $BOOT_MAGIC_PVH, %eax
start_multiboot2:
    cli
    cld
    movl %eax, %esi
    movl $phys_boot_stack, %esp

    pushl %ebx
    movl $CPUID_EXTENDED, %eax
    cpuid
    cmpl $CPUID_EXTENDED, %eax
    jbe refuse
    movl $CPUID_EXTENDED + 1, %eax
    cpuid
    btl $CPUID_LONG_MODE, %edx
    jnc refuse
    btl $CPUID_NX, %edx
    jnc refuse
    popl %ebx

    /* Physical memory below 4 GiB, at its own address and at KERNEL_VBASE, in 2 MiB pages. */
    movl $phys_early_tables, %edi
    leal TABLES_PDPT + TABLE_P_W(%edi), %eax
    movl %eax, (%edi)
    movl %eax, 8 * KERNEL_ROOT_ENTRY(%edi)
    leal TABLES_PD + TABLE_P_W(%edi), %eax
    xorl %ecx, %ecx
1:  movl %eax, TABLES_PDPT(%edi, %ecx, 8)
    addl $0x1000, %eax
    incl %ecx
    cmpl $GIBS, %ecx
    jb 1b
    movl $TABLE_BLOCK, %eax
    xorl %ecx, %ecx
2:  movl %eax, TABLES_PD(%edi, %ecx, 8)
    addl $0x200000, %eax
    incl %ecx
    cmpl $GIBS * 512, %ecx
    jb 2b

    movl %edi, %cr3
    movl $CR4_PAE, %eax /* nothing of what the firmware used, five-level paging for one */
    movl %eax, %cr4
    movl $MSR_EFER, %ecx
    rdmsr
    orl $EFER_LME | EFER_NXE, %eax
    wrmsr
    movl $CR0_PG | CR0_WP | CR0_NE | CR0_PE, %eax
    movl %eax, %cr0
    lgdt phys_start_gdtr
    ljmp $SEL_KERNEL_CS, $phys_start_64

/* The CPU cannot run the kernel: say so on COM1 and the debug port, end an emulator, stay. */
refuse:
    movl $phys_start_message, %esi
3:  lodsb
    testb %al, %al
    jz 5f
    outb %al, $PORT_DEBUG
    movb %al, %bl
    movl $100000, %ecx
    movw $COM1 + LINE_STATUS, %dx
4:  inb %dx, %al
    testb $LINE_ROOM, %al
    loopz 4b
    movb %bl, %al
    movw $COM1, %dx
    outb %al, %dx
    jmp 3b
5:  movl $1, %eax
    cpuid
    btl $CPUID_HYPERVISOR, %ecx
    jnc 6f
    movw $EXIT_PANIC, %ax
    movw $PORT_EXIT, %dx
    outw %ax, %dx
6:  hlt
    jmp 6b

start_message:
    .asciz "\nboot: the CPU lacks long mode or no-execute pages\n"

    .balign 8
start_gdt:
    .quad 0, 0x00AF9B000000FFFF, 0x00CF93000000FFFF /* nothing, kernel code, kernel data */
start_gdtr:
    .short start_gdtr - start_gdt - 1
    .long phys_start_gdt

/* -- 64 bits, still at the low address -- */

    .code64
start_64:
    movl $SEL_KERNEL_SS, %eax
    movl %eax, %ss
    xorl %eax, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %fs
    movl %eax, %gs
    movabsq $start_high, %rax
    jmp *%rax
start_high:
    leaq cpu_stacks + 0x5000(%rip), %rsp
    movl %esi, %edi
    movl %ebx, %esi
    xorl %ebp, %ebp
    call boot_start /* (magic, parameters) */
7:  hlt
    jmp 7b

    .bss
    .balign 4096
    .globl early_tables
early_tables:
    .skip 0x1000 * (2 + GIBS)
