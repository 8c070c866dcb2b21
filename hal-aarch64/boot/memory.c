/* SPDX-License-Identifier: MIT */
/* RAM as the device tree names it, without what it forbids to map. */
#include <a64/kernel.h>

#include <abi/status.h>
#include <common/fdt_boot.h>
#include <common/kernel_map.h>

#define REACH (PORT_KSTACK_VBASE - ARCH_KERNEL_VBASE) /* physical addresses that the kernel half has room for */

bool memory_holds(paddr_t start, paddr_t end)
{
    for (uint32_t i = 0; i < hal_map.ram_count; i++) {
        uint64_t offset = start - hal_map.ram[i].base;
        if (offset < hal_map.ram[i].size && end >= start && end - start <= hal_map.ram[i].size - offset)
            return true;
    }
    return false;
}

/* Of one node without a mapping: the range that ends behind `from` and begins first, if it begins before *start. */
static void first_hole_of(const struct fdt *fdt, uint32_t node, paddr_t from, paddr_t *start, paddr_t *end)
{
    uint64_t base, size;

    for (uint32_t i = 0; fdt_reg(fdt, node, i, &base, &size); i++) {
        paddr_t behind = base + size < base ? UINT64_MAX : base + size;
        if (behind > from && base < *start) {
            *start = base;
            *end = behind;
        }
    }
}

/* Firmware keeps others out of such memory: even a speculative access through a mapping would be wrong. */
static void first_hole(const struct fdt *fdt, paddr_t from, paddr_t *start, paddr_t *end)
{
    uint32_t node = fdt_node_child(fdt, fdt_find_path(fdt, "/reserved-memory"));
    struct fdt_prop prop;

    for (; node != FDT_NONE; node = fdt_node_sibling(fdt, node)) {
        if (fdt_prop(fdt, node, "no-map", &prop))
            first_hole_of(fdt, node, from, start, end);
    }
}

static void add(paddr_t base, uint64_t size)
{
    status_t status = hal_map_add_ram(base, size);

    if (status != STATUS_OK)
        boot_fail("memory of %lx bytes at %lx: %s", (unsigned long)size, (unsigned long)base,
                  status == ERR_OUT_OF_RANGE ? "more ranges than supported" : "overlaps other memory");
}

static void add_around_holes(const struct fdt *fdt, paddr_t from, paddr_t to)
{
    while (from < to) {
        paddr_t start = to, end = to;
        first_hole(fdt, from, &start, &end);
        if (start > from)
            add(from, start - from);
        from = end;
    }
}

void memory_find(const struct fdt *fdt)
{
    const struct boot_info *info = &hal_state.boot;
    uint64_t base, size;

    for (uint32_t i = 0; fdt_boot_ram(fdt, i, &base, &size); i++) {
        if (base >= REACH || size > REACH - base)
            boot_fail("memory of %lx bytes at %lx: more than supported", (unsigned long)size, (unsigned long)base);
        add_around_holes(fdt, base, base + size);
    }
    for (uint32_t i = 0; i < hal_map.ram_count; i++)
        hal_state.summary.total_ram_bytes += hal_map.ram[i].size;
    if (hal_map.ram_count == 0)
        boot_fail("no memory in the device tree");
    if (!memory_holds(hal_image_phys(image_start), hal_image_phys(image_end)))
        boot_fail("the kernel at %lx is not in memory of the device tree", (unsigned long)hal_image_phys(image_start));
    if (!memory_holds(info->fdt, info->fdt + info->fdt_size))
        boot_fail("the device tree at %lx is not in its own memory", (unsigned long)info->fdt);
}
