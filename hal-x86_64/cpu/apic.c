/* SPDX-License-Identifier: MIT */
/* The local APIC, by its memory-mapped registers. */
#include <arch/cpu.h>
#include <common/kernel_map.h>
#include <x86/asm.h>
#include <x86/cpu.h>
#include <x86/irq.h>

#define MSR_APIC_BASE 0x1B
#define BASE_ENABLE (1u << 11)
#define BASE_X2APIC (1u << 10)
#define BASE_ADDRESS UINT64_C(0x000FFFFFFFFFF000)

#define REG_ID 0x020
#define REG_PRIORITY 0x080
#define REG_EOI 0x0B0
#define REG_SPURIOUS 0x0F0
#define REG_ERROR_STATUS 0x280
#define REG_COMMAND_LOW 0x300
#define REG_COMMAND_HIGH 0x310
#define REG_LVT_TIMER 0x320
#define REG_LVT_LINT0 0x350
#define REG_LVT_LINT1 0x360
#define REG_LVT_ERROR 0x370
#define REG_TIMER_INITIAL 0x380
#define REG_TIMER_CURRENT 0x390
#define REG_TIMER_DIVIDE 0x3E0

#define SPURIOUS_ENABLE 0x100u
#define LVT_MASKED (1u << 16)
#define LVT_NMI 0x400u
#define LVT_PERIODIC (1u << 17)
#define COMMAND_PENDING (1u << 12)
#define DIVIDE_BY_16 3u

static KSTATE struct {
    paddr_t base; /* [I] the same for every CPU: each sees its own there */
} state;

static volatile uint32_t *reg(uint32_t offset)
{
    return (volatile uint32_t *)((uint8_t *)hal_direct(state.base) + offset);
}

/* Registers in MSRs instead of memory (x2APIC) can be turned back, but only by way of off. */
static void leave_x2apic(void)
{
    uint64_t base = x86_rdmsr(MSR_APIC_BASE);

    if ((base & BASE_X2APIC) != 0) {
        base &= ~(uint64_t)(BASE_X2APIC | BASE_ENABLE);
        x86_wrmsr(MSR_APIC_BASE, base);
    }
    x86_wrmsr(MSR_APIC_BASE, base | BASE_ENABLE);
}

/* The CPU itself knows better than any table. */
paddr_t apic_find(void)
{
    leave_x2apic();
    state.base = x86_rdmsr(MSR_APIC_BASE) & BASE_ADDRESS;
    return state.base;
}

void apic_check(void)
{
    if (hal_map_device(state.base, PAGE_SIZE) == NULL || *reg(REG_ID) == UINT32_MAX)
        arch_panic("boot: no local APIC");
}

void apic_enable(void)
{
    leave_x2apic();
    *reg(REG_SPURIOUS) = SPURIOUS_ENABLE | VECTOR_SPURIOUS;
    *reg(REG_PRIORITY) = 0;
    *reg(REG_LVT_TIMER) = LVT_MASKED;
    *reg(REG_LVT_LINT0) = LVT_MASKED;
    *reg(REG_LVT_LINT1) = arch_cpu_id() == 0 ? LVT_NMI : LVT_MASKED; /* the board's: one CPU is enough */
    *reg(REG_LVT_ERROR) = LVT_MASKED;
    *reg(REG_ERROR_STATUS) = 0;
}

void apic_eoi(void)
{
    *reg(REG_EOI) = 0;
}

void apic_send(uint32_t id, uint32_t command)
{
    *reg(REG_COMMAND_HIGH) = id << 24;
    *reg(REG_COMMAND_LOW) = command;
    while ((*reg(REG_COMMAND_LOW) & COMMAND_PENDING) != 0)
        x86_pause();
}

void apic_timer_start(uint32_t count)
{
    *reg(REG_TIMER_DIVIDE) = DIVIDE_BY_16;
    *reg(REG_LVT_TIMER) = count != 0 ? LVT_PERIODIC | VECTOR_TIMER : LVT_MASKED;
    *reg(REG_TIMER_INITIAL) = count != 0 ? count : UINT32_MAX;
}

uint32_t apic_timer_read(void)
{
    return *reg(REG_TIMER_CURRENT);
}
