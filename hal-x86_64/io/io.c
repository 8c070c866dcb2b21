/* SPDX-License-Identifier: MIT */
#include <arch/io.h>

#include <common/kernel_map.h>
#include <x86/cpu.h>

#define PORTS 0x10000u

#define IO_ACCESS(bits)                                                     \
    uint##bits##_t arch_io_read##bits(uint64_t addr)                        \
    {                                                                       \
        if (addr < PORTS)                                                   \
            return x86_in##bits((uint16_t)addr);                            \
        const volatile uint##bits##_t *p = hal_map_device(addr, bits / 8);  \
        return p != NULL ? *p : (uint##bits##_t)~0u;                        \
    }                                                                       \
    void arch_io_write##bits(uint64_t addr, uint##bits##_t value)           \
    {                                                                       \
        if (addr < PORTS) {                                                 \
            x86_out##bits((uint16_t)addr, value);                           \
            return;                                                         \
        }                                                                   \
        volatile uint##bits##_t *p = hal_map_device(addr, bits / 8);        \
        if (p != NULL)                                                      \
            *p = value;                                                     \
    }

IO_ACCESS(8)
IO_ACCESS(16)
IO_ACCESS(32)
