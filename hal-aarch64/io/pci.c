/* SPDX-License-Identifier: MIT */
/* PCI configuration space of a generic ECAM host bridge: a page per function. */
#include <arch/discovery.h>

#include <a64/kernel.h>
#include <arch/io.h>

#define ECAM_BUS_SHIFT 20
#define ECAM_DEVICE_SHIFT 15
#define ECAM_FUNCTION_SHIFT 12
#define BUSES_MAX 256u

static KSTATE struct {
    paddr_t base;   /* [I] of bus `first`; 0: no PCI */
    uint32_t first; /* [I] buses [first, first + count) */
    uint32_t count; /* [I] */
} ecam;

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

void ecam_find(const struct fdt *fdt)
{
    uint32_t node = device_find(fdt, "pci-host-ecam-generic");
    uint32_t last = BUSES_MAX - 1;
    struct fdt_prop range;
    uint64_t base, size;

    if (!device_reg(fdt, node, 0, &base, &size))
        return;
    if (fdt_prop(fdt, node, "bus-range", &range) && range.len == 8) {
        ecam.first = be32(range.data);
        last = be32(range.data + 4);
    }
    if (ecam.first > last || last >= BUSES_MAX)
        boot_fail("PCI: buses %u to %u in the device tree", ecam.first, last);
    uint64_t count = size >> ECAM_BUS_SHIFT;
    ecam.count = count <= last - ecam.first ? (uint32_t)count : last - ecam.first + 1;
    if (ecam.count == 0)
        return;
    ecam.base = base;
    device_window("PCI configuration space", base, (uint64_t)ecam.count << ECAM_BUS_SHIFT);
}

/* 0: no such register. */
static paddr_t place(uint32_t bus, uint32_t dev, uint32_t func, uint32_t offset)
{
    if (ecam.base == 0 || bus - ecam.first >= ecam.count || dev > 31 || func > 7 || offset >= PAGE_SIZE)
        return 0;
    return ecam.base + ((uint64_t)(bus - ecam.first) << ECAM_BUS_SHIFT | dev << ECAM_DEVICE_SHIFT |
                        func << ECAM_FUNCTION_SHIFT | offset);
}

uint32_t arch_pci_config_read32(uint32_t bus, uint32_t dev, uint32_t func, uint32_t offset)
{
    paddr_t at = place(bus, dev, func, offset);

    return at != 0 ? arch_io_read32(at) : UINT32_MAX;
}

void arch_pci_config_write32(uint32_t bus, uint32_t dev, uint32_t func, uint32_t offset, uint32_t value)
{
    paddr_t at = place(bus, dev, func, offset);

    if (at != 0)
        arch_io_write32(at, value);
}
