/* SPDX-License-Identifier: MIT */
#include <x86/tables.h>

#include <arch/memory.h>
#include <base/mem.h>
#include <common/cpu.h>
#include <common/kernel_map.h>
#include <common/port.h>
#include <x86/asm.h>
#include <x86/cpu.h>
#include <x86/entry.h>

#define GDT_KERNEL_CODE 0x00AF9B000000FFFFu /* accessed already: the CPU need not write */
#define GDT_KERNEL_DATA 0x00CF93000000FFFFu
#define GDT_USER_DATA 0x00CFF3000000FFFFu
#define GDT_USER_CODE 0x00AFFB000000FFFFu
#define GDT_TSS 0x0000890000000000u
#define GATE_INTERRUPT 0x8E00u /* interrupts off inside */
#define GATE_USER 0x6000u      /* user mode may call it */
#define VECTOR_BREAKPOINT 3u
#define FAULT_IST 1u

struct gate {
    uint16_t offset0, selector, attributes, offset1;
    uint32_t offset2, reserved;
};

struct descriptor_pointer {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

/* Guards are left out of the kernel's map (port_boot_guard). */
struct stacks {
    uint8_t boot_guard[PAGE_SIZE];
    uint8_t boot[ARCH_STACK_SIZE];
    uint8_t fault_guard[PAGE_SIZE];
    uint8_t fault[FAULT_STACK_SIZE];
};

/* All of this is the machine's state, and no module's. The start code knows the first by name. */
struct stacks cpu_stacks[ARCH_MAX_CPUS] __attribute__((aligned(PAGE_SIZE)));
static struct cpu_tables all_tables[ARCH_MAX_CPUS];
static struct gate idt[VECTOR_COUNT] __attribute__((aligned(16)));

_Static_assert(offsetof(struct stacks, fault_guard) == 0x5000, "start.S and kernel.ld: the first boot stack");
_Static_assert(offsetof(struct cpu_tables, ports) == offsetof(struct cpu_tables, tss) + sizeof(struct tss), "ports");
_Static_assert(sizeof(struct tss) == 104 && offsetof(struct tss, ist) == 36, "TSS");

static void make_idt(void)
{
    for (uint32_t i = 0; i < VECTOR_COUNT; i++) {
        uint64_t entry = (uintptr_t)trap_vectors + i * TRAP_VECTOR_BYTES;
        bool own_stack = i == VECTOR_NMI || i == VECTOR_DOUBLE_FAULT || i == VECTOR_MACHINE_CHECK;
        uint32_t user = i == VECTOR_BREAKPOINT ? GATE_USER : 0;
        idt[i] = (struct gate){
            .offset0 = (uint16_t)entry,
            .selector = SEL_KERNEL_CS,
            .attributes = (uint16_t)(GATE_INTERRUPT | user | (own_stack ? FAULT_IST : 0)),
            .offset1 = (uint16_t)(entry >> 16),
            .offset2 = (uint32_t)(entry >> 32),
        };
    }
}

static void make_gdt(struct cpu_tables *t)
{
    uint64_t base = (uintptr_t)&t->tss;
    uint64_t limit = sizeof t->tss + sizeof t->ports - 1;

    t->gdt[SEL_KERNEL_CS / 8] = GDT_KERNEL_CODE;
    t->gdt[SEL_KERNEL_SS / 8] = GDT_KERNEL_DATA;
    t->gdt[SEL_USER_SS / 8] = GDT_USER_DATA;
    t->gdt[SEL_USER_CS / 8] = GDT_USER_CODE;
    t->gdt[SEL_TSS / 8] = GDT_TSS | (limit & 0xFFFF) | (base & 0xFFFFFF) << 16 | (base >> 24 & 0xFF) << 56;
    t->gdt[SEL_TSS / 8 + 1] = base >> 32;
}

static void load_gdt(const struct cpu_tables *t)
{
    struct descriptor_pointer gdtr = {sizeof t->gdt - 1, (uintptr_t)t->gdt};

    __asm__ volatile("lgdt %0\n\t"
                     "pushq %1\n\t"
                     "leaq 1f(%%rip), %%rax\n\t"
                     "pushq %%rax\n\t"
                     "lretq\n"
                     "1:\tmovl %2, %%ss\n\t"
                     "movl %3, %%ds\n\t"
                     "movl %3, %%es\n\t"
                     "movl %3, %%fs\n\t"
                     "movl %3, %%gs\n\t"
                     "ltr %w4"
                     :
                     : "m"(gdtr), "i"(SEL_KERNEL_CS), "r"(SEL_KERNEL_SS), "r"(0), "r"(SEL_TSS)
                     : "rax", "memory");
}

static void load_idt(uint16_t limit)
{
    struct descriptor_pointer idtr = {limit, (uintptr_t)idt};

    __asm__ volatile("lidt %0" : : "m"(idtr));
}

void tables_load(struct hal_cpu *cpu)
{
    uint32_t id = (uint32_t)(cpu - hal_state.cpu);
    struct cpu_tables *t = &all_tables[id];

    make_gdt(t);
    t->tss = (struct tss){.iomap = sizeof t->tss};
    t->tss.ist[FAULT_IST - 1] = (uintptr_t)cpu_stacks[id].fault + FAULT_STACK_SIZE;
    memset(t->ports, 0xFF, sizeof t->ports);
    if (id == 0)
        make_idt();
    load_gdt(t);
    x86_wrmsr(MSR_GS_BASE, (uintptr_t)cpu); /* loading the selector has cleared it */
    load_idt(sizeof idt - 1);
    cpu->port.tables = t;
    memset(cpu->port.granted, 0, sizeof cpu->port.granted);
}

void tables_forget(void)
{
    load_idt(0);
}

void tables_set_ports(struct cpu_tables *tables, struct port_range range, bool open)
{
    uint32_t last = range.count < PORTS_COUNT - range.first ? range.first + range.count : PORTS_COUNT;

    for (uint32_t port = range.first, n; port < last; port += n) { /* a byte holds eight */
        n = 8 - port % 8 < last - port ? 8 - port % 8 : last - port;
        uint8_t bits = (uint8_t)(((1u << n) - 1) << port % 8);
        tables->ports[port / 8] = (uint8_t)(open ? tables->ports[port / 8] & ~bits : tables->ports[port / 8] | bits);
    }
}

vaddr_t tables_boot_stack(uint32_t cpu)
{
    return (uintptr_t)cpu_stacks[cpu].boot + ARCH_STACK_SIZE;
}

bool port_boot_guard(uint32_t index, paddr_t *guard)
{
    if (index / 2 >= ARCH_MAX_CPUS)
        return false;
    const struct stacks *s = &cpu_stacks[index / 2];
    *guard = hal_image_phys(index % 2 == 0 ? s->boot_guard : s->fault_guard);
    return true;
}

bool tables_is_guard(vaddr_t va)
{
    paddr_t guard;

    for (uint32_t i = 0; port_boot_guard(i, &guard); i++) {
        if (va - ARCH_KERNEL_VBASE - guard < PAGE_SIZE)
            return true;
    }
    return false;
}
