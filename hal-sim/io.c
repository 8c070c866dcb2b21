/* SPDX-License-Identifier: MIT */
#include <arch/io.h>
#include <board.h>
#include <port/spend.h>

#ifdef BOARD_UART_NS16550_PORT
#define IS_PORT(addr) ((addr) < 0x10000)
#else
#define IS_PORT(addr) ((void)(addr), false)
#endif

static uint32_t io_read(uint64_t addr, uint32_t size)
{
    sim_spend(SIM_COST_IO);
    return host_io_read(addr, size, IS_PORT(addr));
}

static void io_write(uint64_t addr, uint32_t size, uint32_t value)
{
    sim_spend(SIM_COST_IO);
    host_io_write(addr, size, IS_PORT(addr), value);
}

uint8_t arch_io_read8(uint64_t addr)
{
    return (uint8_t)io_read(addr, 1);
}

uint16_t arch_io_read16(uint64_t addr)
{
    return (uint16_t)io_read(addr, 2);
}

uint32_t arch_io_read32(uint64_t addr)
{
    return io_read(addr, 4);
}

void arch_io_write8(uint64_t addr, uint8_t value)
{
    io_write(addr, 1, value);
}

void arch_io_write16(uint64_t addr, uint16_t value)
{
    io_write(addr, 2, value);
}

void arch_io_write32(uint64_t addr, uint32_t value)
{
    io_write(addr, 4, value);
}
