/* SPDX-License-Identifier: MIT */
/* PCI configuration: memory-mapped where MCFG says so, else by the pair of ports that every PC has. */
#include <arch/discovery.h>

#include <arch/io.h>
#include <base/compiler.h>
#include <x86/cpu.h>
#include <x86/firmware.h>
#include <x86/spin.h>

#define PORT_ADDRESS 0xCF8
#define PORT_DATA 0xCFC
#define ADDRESS_ENABLE (1u << 31)
#define PORT_SPACE 256u /* bytes of a function that the ports reach */
#define ECAM_SPACE 4096u
#define ABSENT 0xFFFFFFFFu

static KSTATE struct {
    struct x86_lock lock; /* of the two ports */
} state;

static bool is_valid(uint32_t bus, uint32_t dev, uint32_t func, uint32_t offset)
{
    return bus < 256 && dev < 32 && func < 8 && offset < ECAM_SPACE && offset % 4 == 0;
}

/* Address of a register in memory; 0: this bus is not there. */
static paddr_t ecam(uint32_t bus, uint32_t dev, uint32_t func, uint32_t offset)
{
    if (firmware_acpi.ecam == 0 || bus < firmware_acpi.ecam_first_bus || bus > firmware_acpi.ecam_last_bus)
        return 0;
    return firmware_acpi.ecam + (bus << 20 | dev << 15 | func << 12 | offset);
}

static void select(uint32_t bus, uint32_t dev, uint32_t func, uint32_t offset)
{
    x86_lock(&state.lock);
    x86_out32(PORT_ADDRESS, ADDRESS_ENABLE | bus << 16 | dev << 11 | func << 8 | offset);
}

uint32_t arch_pci_config_read32(uint32_t bus, uint32_t dev, uint32_t func, uint32_t offset)
{
    if (!is_valid(bus, dev, func, offset))
        return ABSENT;
    if (ecam(bus, dev, func, offset) != 0)
        return arch_io_read32(ecam(bus, dev, func, offset));
    if (offset >= PORT_SPACE)
        return ABSENT;
    select(bus, dev, func, offset);
    uint32_t value = x86_in32(PORT_DATA);
    x86_unlock(&state.lock);
    return value;
}

void arch_pci_config_write32(uint32_t bus, uint32_t dev, uint32_t func, uint32_t offset, uint32_t value)
{
    if (!is_valid(bus, dev, func, offset))
        return;
    if (ecam(bus, dev, func, offset) != 0) {
        arch_io_write32(ecam(bus, dev, func, offset), value);
        return;
    }
    if (offset >= PORT_SPACE)
        return;
    select(bus, dev, func, offset);
    x86_out32(PORT_DATA, value);
    x86_unlock(&state.lock);
}
