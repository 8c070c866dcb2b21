/* SPDX-License-Identifier: MIT */
/* Descriptor tables of a CPU, its boot stack and the stack of faults that the running stack cannot take. */
#pragma once
#include <abi/types.h>
#include <port/context.h>

#define FAULT_STACK_SIZE 0x2000u
#define PORTS_COUNT 0x10000u

struct hal_cpu;

struct tss {
    uint32_t reserved0;
    uint64_t rsp[3];
    uint64_t reserved1;
    uint64_t ist[7];
    uint64_t reserved2;
    uint16_t reserved3;
    uint16_t iomap;
} __attribute__((packed));

struct cpu_tables {
    uint64_t gdt[8];
    struct tss tss;
    uint8_t ports[PORTS_COUNT / 8 + 1]; /* behind the TSS: a set bit closes a port; the CPU reads a byte further */
} __attribute__((aligned(16)));

/** Make the executing CPU's tables and load them: GDT, TSS with all ports closed, IDT. GS base becomes `cpu`. */
void tables_load(struct hal_cpu *cpu);
/** An IDT without entries: the next exception resets the machine. */
void tables_forget(void);
/** Open or close ports for the executing CPU's user mode. */
void tables_set_ports(struct cpu_tables *tables, struct port_range range, bool open);
/** First address above the boot stack of CPU `cpu`. */
vaddr_t tables_boot_stack(uint32_t cpu);
/** True if `va` lies in the guard page below a boot stack or a stack of faults. */
bool tables_is_guard(vaddr_t va);
