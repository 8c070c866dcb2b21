/* SPDX-License-Identifier: MIT */
/* PCI configuration space by ECAM: a page for each function, in the order bus, device, function. */
#include <arch/discovery.h>

#include <arch/io.h>
#include <common/pci.h>
#include <riscv/pci.h>
#include <riscv/priv.h>
#include <riscv/window.h>

#define CELLS_PER_RANGE 7u /* of the bridge's `ranges`: PCI address 3, CPU address 2, size 2 */
#define SPACE_MASK 0x03000000u
#define SPACE_MEMORY32 0x02000000u

static KSTATE struct {
    struct hal_range ecam; /* [I] size 0: none */
    uint32_t first_bus;    /* [I] */
    struct pci_window window;
} state;

static uint64_t big_endian(const uint8_t *p, uint32_t bytes)
{
    uint64_t value = 0;

    for (uint32_t i = 0; i < bytes; i++)
        value = value << 8 | p[i];
    return value;
}

/* Where functions may be given memory below 4 GiB; bus and CPU addresses must agree. */
static void find_window(const struct fdt *fdt, uint32_t node)
{
    struct fdt_prop ranges;

    if (!fdt_prop(fdt, node, "ranges", &ranges))
        return;
    for (uint32_t at = 0; at + 4 * CELLS_PER_RANGE <= ranges.len; at += 4 * CELLS_PER_RANGE) {
        const uint8_t *p = ranges.data + at;
        uint64_t bus = big_endian(p + 4, 8), base = big_endian(p + 12, 8), size = big_endian(p + 20, 8);
        if ((big_endian(p, 4) & SPACE_MASK) != SPACE_MEMORY32 || bus != base || base + size < base ||
            base + size > UINT64_C(1) << 32 || !window_claim(base, size))
            continue;
        state.window = (struct pci_window){.next = base, .end = base + size};
        return;
    }
}

void pci_find_bridge(const struct fdt *fdt)
{
    uint32_t node = device_find(fdt, "pci-host-ecam-generic");
    struct fdt_prop buses;

    if (!window_add(fdt, node, 0, &state.ecam))
        return;
    if (fdt_prop(fdt, node, "bus-range", &buses) && buses.len == 8)
        state.first_bus = (uint32_t)big_endian(buses.data, 4);
    find_window(fdt, node);
}

struct pci_window *pci_window(void)
{
    return &state.window;
}

/* Physical address of a configuration word; 0: there is none. */
static paddr_t word_of(uint32_t bus, uint32_t dev, uint32_t func, uint32_t offset)
{
    uint64_t at = (uint64_t)(bus - state.first_bus) << 20 | dev << 15 | func << 12 | offset;

    if (bus < state.first_bus || bus > 255 || dev > 31 || func > 7 || offset > 0xFFC || offset % 4 != 0 ||
        at >= state.ecam.size)
        return 0;
    return state.ecam.base + at;
}

uint32_t arch_pci_config_read32(uint32_t bus, uint32_t dev, uint32_t func, uint32_t offset)
{
    paddr_t word = word_of(bus, dev, func, offset);

    return word != 0 ? arch_io_read32(word) : UINT32_MAX;
}

void arch_pci_config_write32(uint32_t bus, uint32_t dev, uint32_t func, uint32_t offset, uint32_t value)
{
    paddr_t word = word_of(bus, dev, func, offset);

    if (word != 0)
        arch_io_write32(word, value);
}
