/* SPDX-License-Identifier: MIT */
/*
 * Device registers in the windows of the direct map. Where the bus answers with an error the instruction is skipped, and
 * the register still holds the ones it was given before.
 */
#include <arch/io.h>

#include <common/kernel_map.h>
#include <riscv/csr.h>
#include <riscv/fixup.h>

#define LOAD(width, p, value)                                  \
    __asm__ volatile("1: " width " %0, 0(%1)\n2:\n" FIXUP(1b, 2b) : "+r"(value) : "r"(p) : "memory")
#define STORE(width, p, value)                                 \
    __asm__ volatile("1: " width " %0, 0(%1)\n2:\n" FIXUP(1b, 2b)::"r"(value), "r"(p) : "memory")

uint8_t arch_io_read8(uint64_t addr)
{
    void *p = hal_map_device(addr, 1);
    uint64_t value = UINT64_MAX;

    if (p != NULL)
        LOAD("lbu", p, value);
    fence_all();
    return (uint8_t)value;
}

uint16_t arch_io_read16(uint64_t addr)
{
    void *p = hal_map_device(addr, 2);
    uint64_t value = UINT64_MAX;

    if (p != NULL)
        LOAD("lhu", p, value);
    fence_all();
    return (uint16_t)value;
}

uint32_t arch_io_read32(uint64_t addr)
{
    void *p = hal_map_device(addr, 4);
    uint64_t value = UINT64_MAX;

    if (p != NULL)
        LOAD("lwu", p, value);
    fence_all();
    return (uint32_t)value;
}

void arch_io_write8(uint64_t addr, uint8_t value)
{
    void *p = hal_map_device(addr, 1);

    fence_all();
    if (p != NULL)
        STORE("sb", p, value);
}

void arch_io_write16(uint64_t addr, uint16_t value)
{
    void *p = hal_map_device(addr, 2);

    fence_all();
    if (p != NULL)
        STORE("sh", p, value);
}

void arch_io_write32(uint64_t addr, uint32_t value)
{
    void *p = hal_map_device(addr, 4);

    fence_all();
    if (p != NULL)
        STORE("sw", p, value);
}
