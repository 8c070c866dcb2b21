/* SPDX-License-Identifier: MIT */
/* Starting the other CPUs: INIT, then two start-up IPIs that name the page of the trampoline. */
#include <arch/smp.h>

#include <abi/status.h>
#include <arch/cpu.h>
#include <arch/timer.h>
#include <base/mem.h>
#include <common/cpu.h>
#include <common/kernel_map.h>
#include <common/port.h>
#include <x86/asm.h>
#include <x86/cpu.h>
#include <x86/entry.h>
#include <x86/irq.h>
#include <x86/memory.h>
#include <x86/tables.h>

#define INIT_MICROSECONDS 10000u
#define STARTUP_MICROSECONDS 200u
#define ANSWER_MICROSECONDS 1000000u
#define TABLE_P_W 3u

static void wait(uint32_t microseconds)
{
    uint64_t start = arch_timer_get_ticks();
    uint64_t ticks = (uint64_t)arch_timer_get_frequency() * microseconds / 1000000u;

    while (arch_timer_get_ticks() - start < ticks)
        arch_cpu_relax();
}

/* The CPU's first C code: on its boot stack, with the early tables, which have served their purpose then. */
static NORETURN void begin(struct hal_cpu *cpu)
{
    tables_load(cpu);
    x86_write_cr3(hal_map.root);
    cpu->port.root = hal_map.root;
    apic_enable();
    __atomic_store_n(&cpu->state, HAL_CPU_RUNNING, __ATOMIC_RELEASE);
    cpu->entry(cpu->id);
    port_cpu_park();
}

/*
 * The kernel half, and the trampoline's page, read-only, at its own address: below 2 MiB, so one table of each level.
 */
static void make_tables(paddr_t page)
{
    const uint64_t *kernel = hal_direct(hal_map.root);
    uint32_t half = PT_ENTRIES / 2;

    memset(early_tables, 0, EARLY_TABLES_COUNT * PAGE_SIZE);
    memcpy(early_tables[0] + half, kernel + half, half * sizeof *kernel);
    for (uint32_t i = 0; i + 1 < ARCH_PT_LEVELS; i++)
        early_tables[i][0] = hal_image_phys(early_tables[i + 1]) | TABLE_P_W;
    early_tables[ARCH_PT_LEVELS - 1][page / PAGE_SIZE] = isa_pt_format.make_leaf(page, 0, 0);
}

static void make_trampoline(paddr_t page, const struct hal_cpu *cpu)
{
    struct trampoline t;
    uint8_t *copy = hal_direct(page);
    size_t data = (size_t)(trampoline_data - trampoline_begin);

    memcpy(copy, trampoline_begin, (size_t)(trampoline_end - trampoline_begin));
    memcpy(&t, copy + data, sizeof t);
    t.stack = tables_boot_stack(cpu->id);
    t.cpu = (uintptr_t)cpu;
    t.entry = (uintptr_t)begin;
    t.cr3 = (uint32_t)hal_image_phys(early_tables);
    t.far_offset += (uint32_t)page;
    t.gdt_base += (uint32_t)page;
    memcpy(copy + data, &t, sizeof t);
}

static bool is_running(const struct hal_cpu *cpu)
{
    return __atomic_load_n(&cpu->state, __ATOMIC_ACQUIRE) == HAL_CPU_RUNNING;
}

static bool wait_until_running(const struct hal_cpu *cpu, uint32_t microseconds)
{
    for (uint32_t spent = 0; spent < microseconds && !is_running(cpu); spent += STARTUP_MICROSECONDS)
        wait(STARTUP_MICROSECONDS);
    return is_running(cpu);
}

/* One at a time: the trampoline and its tables are shared. */
status_t arch_start_cpu(uint32_t cpu, void (*entry)(uint32_t cpu))
{
    paddr_t page = memory_trampoline_page();

    if (cpu == 0 || cpu >= hal_state.cpu_count)
        return ERR_INVALID_ARGS;
    struct hal_cpu *c = &hal_state.cpu[cpu];
    uint32_t id = (uint32_t)c->hardware_id;
    uint32_t startup = APIC_SEND_STARTUP | APIC_SEND_ASSERT | (uint32_t)(page / PAGE_SIZE);
    if (is_running(c))
        return ERR_BAD_STATE;
    c->entry = entry;
    make_tables(page);
    make_trampoline(page, c);
    apic_send(id, APIC_SEND_INIT | APIC_SEND_ASSERT);
    wait(INIT_MICROSECONDS);
    apic_send(id, startup);
    if (!wait_until_running(c, STARTUP_MICROSECONDS)) {
        apic_send(id, startup);
        if (!wait_until_running(c, ANSWER_MICROSECONDS))
            return ERR_TIMED_OUT;
    }
    return STATUS_OK;
}
