/* SPDX-License-Identifier: MIT */
/* PCI behind a generic ECAM host bridge: configuration space, a page per function; where memory may be given out. */
#include <arch/discovery.h>

#include <a64/kernel.h>
#include <arch/io.h>
#include <common/kernel_map.h>

#define ECAM_BUS_SHIFT 20
#define ECAM_DEVICE_SHIFT 15
#define ECAM_FUNCTION_SHIFT 12
#define BUSES_MAX 256u

#define RANGE_SIZE 28u /* an entry of the bridge's `ranges`: PCI address in three cells, CPU address and size in two */
#define RANGE_SPACE 0x03000000u
#define RANGE_MEMORY32 0x02000000u
#define WINDOW_SIZE_MAX 0x4000000u /* the kernel needs little of it */

static KSTATE struct {
    paddr_t base;   /* [I] of bus `first`; 0: no PCI */
    uint32_t first; /* [I] buses [first, first + count) */
    uint32_t count; /* [I] */
    struct pci_window window;
} ecam;

/* Functions see the CPU's addresses there, or the range is of no use. */
static void find_window(const struct fdt *fdt, uint32_t node)
{
    struct fdt_prop ranges;

    if (!fdt_prop(fdt, node, "ranges", &ranges))
        return;
    for (uint32_t at = 0; ranges.len - at >= RANGE_SIZE; at += RANGE_SIZE) {
        const uint8_t *p = ranges.data + at;
        uint64_t bus = device_cells(p + 4, 2), base = device_cells(p + 12, 2), size = device_cells(p + 20, 2);
        if ((device_cells(p, 1) & RANGE_SPACE) != RANGE_MEMORY32 || bus != base || size == 0 || base > UINT32_MAX)
            continue;
        if (size > WINDOW_SIZE_MAX)
            size = WINDOW_SIZE_MAX;
        device_window("PCI memory", base, size);
        ecam.window = (struct pci_window){.next = base, .end = base + size};
        return;
    }
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
        ecam.first = (uint32_t)device_cells(range.data, 1);
        last = (uint32_t)device_cells(range.data + 4, 1);
    }
    if (ecam.first > last || last >= BUSES_MAX) {
        boot_warn("PCI: no use of buses %u to %u", ecam.first, last);
        return;
    }
    uint64_t count = size >> ECAM_BUS_SHIFT;
    ecam.count = count <= last - ecam.first ? (uint32_t)count : last - ecam.first + 1;
    if (ecam.count == 0)
        return;
    ecam.base = base;
    device_window("PCI configuration space", base, (uint64_t)ecam.count << ECAM_BUS_SHIFT);
    find_window(fdt, node);
}

struct pci_window *ecam_window(void)
{
    return &ecam.window;
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
