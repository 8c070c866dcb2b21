/* SPDX-License-Identifier: MIT */
/* Device registers. A read that the bus answers with an abort is skipped, so the all-ones value it began with stays. */
#include <arch/io.h>

#include <a64/kernel.h>
#include <common/kernel_map.h>

#define LOAD(insn, value, p) __asm__ volatile("1: " insn " %w0, [%1]\n" FIXUP : "+r"(value) : "r"(p) : "memory")
#define STORE(insn, value, p) __asm__ volatile("1: " insn " %w0, [%1]\n" FIXUP : : "rZ"(value), "r"(p) : "memory")

uint8_t arch_io_read8(uint64_t addr)
{
    const void *p = hal_map_device(addr, 1);
    uint32_t value = UINT8_MAX;

    if (p != NULL)
        LOAD("ldrb", value, p);
    return (uint8_t)value;
}

uint16_t arch_io_read16(uint64_t addr)
{
    const void *p = hal_map_device(addr, 2);
    uint32_t value = UINT16_MAX;

    if (p != NULL && addr % 2 == 0)
        LOAD("ldrh", value, p);
    return (uint16_t)value;
}

uint32_t arch_io_read32(uint64_t addr)
{
    const void *p = hal_map_device(addr, 4);
    uint32_t value = UINT32_MAX;

    if (p != NULL && addr % 4 == 0)
        LOAD("ldr", value, p);
    return value;
}

void arch_io_write8(uint64_t addr, uint8_t value)
{
    void *p = hal_map_device(addr, 1);

    if (p != NULL)
        STORE("strb", (uint32_t)value, p);
}

void arch_io_write16(uint64_t addr, uint16_t value)
{
    void *p = hal_map_device(addr, 2);

    if (p != NULL && addr % 2 == 0)
        STORE("strh", (uint32_t)value, p);
}

void arch_io_write32(uint64_t addr, uint32_t value)
{
    void *p = hal_map_device(addr, 4);

    if (p != NULL && addr % 4 == 0)
        STORE("str", value, p);
}
