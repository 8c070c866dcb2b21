/* SPDX-License-Identifier: MIT */
/* Serial line, device registers, devices, random numbers. */
#include <stdio.h>
#include <string.h>

#include <arch/io.h>
#include <abi/status.h>

#include "null_priv.h"

static char serial[NULL_SERIAL_SIZE + 1];

void arch_serial_early_init(void)
{
    null_machine.serial_burst = 0;
}

void arch_serial_putchar(char c)
{
    if (null_machine.serial_length < NULL_SERIAL_SIZE)
        serial[null_machine.serial_length++] = c;
    if (++null_machine.serial_burst > null_machine.serial_burst_max)
        null_machine.serial_burst_max = null_machine.serial_burst;
    if (null_machine.config.echo)
        fputc(c, stderr);
}

bool arch_serial_idle(void)
{
    if (!null_machine.serial_busy)
        null_machine.serial_burst = 0;
    return !null_machine.serial_busy;
}

const char *null_serial(void)
{
    serial[null_machine.serial_length] = '\0';
    return serial;
}

void null_serial_clear(void)
{
    null_machine.serial_length = 0;
}

void null_serial_set_busy(bool busy)
{
    null_machine.serial_busy = busy;
}

uint32_t null_serial_longest_burst(void)
{
    return null_machine.serial_burst_max;
}

void null_set_io(const struct null_io *io)
{
    null_machine.io = *io;
}

static uint32_t io_read(uint64_t addr, uint32_t size)
{
    return null_machine.io.read != NULL ? null_machine.io.read(addr, size) : ~0u;
}

static void io_write(uint64_t addr, uint32_t size, uint32_t value)
{
    if (null_machine.io.write != NULL)
        null_machine.io.write(addr, size, value);
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

/* Device 0 is the UART as every board has it; 1 and 2 exist so that a task can want more than one. */
status_t arch_device_get(uint32_t dev, struct arch_device *out)
{
    static const struct arch_device devices[] = {
        {.kind = ARCH_DEVICE_NS16550, .stride = 1, .base = 0x09000000, .size = 0x1000, .irq = ARCH_VECTOR_UART0},
        {.kind = ARCH_DEVICE_PL011, .stride = 4, .base = 0x09001000, .size = 0x1000, .irq = 40},
        {.kind = ARCH_DEVICE_NS16550_PORT, .stride = 1, .base = 0x3F8, .size = 8, .irq = 41, .port = true},
    };
    if (dev >= ARRAY_LEN(devices))
        return ERR_NOT_FOUND;
    *out = devices[dev];
    return STATUS_OK;
}

uint32_t arch_pci_config_read32(uint32_t bus, uint32_t dev, uint32_t func, uint32_t offset)
{
    (void)bus;
    (void)dev;
    (void)func;
    (void)offset;
    return ~0u;
}

void arch_pci_config_write32(uint32_t bus, uint32_t dev, uint32_t func, uint32_t offset, uint32_t value)
{
    (void)bus;
    (void)dev;
    (void)func;
    (void)offset;
    (void)value;
}

/* SplitMix64. */
uint64_t arch_random(void)
{
    uint64_t z = null_machine.random += 0x9E3779B97F4A7C15ull;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ z >> 27) * 0x94D049BB133111EBull;
    return z ^ z >> 31;
}
