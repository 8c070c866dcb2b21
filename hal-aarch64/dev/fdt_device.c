/* SPDX-License-Identifier: MIT */
/* Reading device nodes: registers through the buses above them, interrupts of the GIC. The tree is untrusted. */
#include <a64/gic.h>
#include <a64/kernel.h>

#include <base/string.h>
#include <common/kernel_map.h>

#define GIC_CELLS 3u /* of an interrupt: type, number, flags */
#define TYPE_SPI 0u
#define TYPE_PPI 1u
#define PPI_FIRST 16u
#define WINDOW_MAX (UINT64_C(1) << 30)
#define ADDRESS_MAX (UINT64_C(1) << 47)

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

uint64_t device_cells(const uint8_t *p, uint32_t count)
{
    return count == 2 ? (uint64_t)be32(p) << 32 | be32(p + 4) : count == 1 ? be32(p) : 0;
}

/* -- Nodes -- */

bool device_is_okay(const struct fdt *fdt, uint32_t node)
{
    const char *status;

    return !fdt_prop_string(fdt, node, "status", &status) || str_eq(status, "okay") || str_eq(status, "ok");
}

uint32_t device_find(const struct fdt *fdt, const char *compatible)
{
    uint32_t node = fdt_find_compatible(fdt, FDT_NONE, compatible);

    while (node != FDT_NONE && !device_is_okay(fdt, node))
        node = fdt_find_compatible(fdt, node, compatible);
    return node;
}

/* -- Registers -- */

static uint32_t count_of_cells(const struct fdt *fdt, uint32_t node, const char *name, uint32_t otherwise)
{
    uint32_t count = otherwise;

    (void)fdt_prop_u32(fdt, node, name, &count);
    return count;
}

/* From the addresses of children of `bus` to those of its parent. */
static bool translate(const struct fdt *fdt, uint32_t bus, uint32_t parent, uint64_t *base, uint64_t size)
{
    struct fdt_prop ranges;
    uint32_t child_cells = count_of_cells(fdt, bus, "#address-cells", 2);
    uint32_t parent_cells = count_of_cells(fdt, parent, "#address-cells", 2);
    uint32_t size_cells = count_of_cells(fdt, bus, "#size-cells", 1);
    uint32_t entry = 4 * (child_cells + parent_cells + size_cells);

    if (!fdt_prop(fdt, bus, "ranges", &ranges))
        return false; /* children are not in the parent's address space */
    if (ranges.len == 0)
        return true;
    if (child_cells - 1 > 1 || parent_cells - 1 > 1 || size_cells - 1 > 1)
        return false;
    for (uint32_t at = 0; ranges.len - at >= entry; at += entry) {
        const uint8_t *p = ranges.data + at;
        uint64_t from = device_cells(p, child_cells);
        uint64_t room = device_cells(p + 4 * (child_cells + parent_cells), size_cells);
        if (*base >= from && *base - from < room && size <= room - (*base - from)) {
            *base = *base - from + device_cells(p + 4 * child_cells, parent_cells);
            return true;
        }
    }
    return false;
}

bool device_reg(const struct fdt *fdt, uint32_t node, uint32_t index, uint64_t *base, uint64_t *size)
{
    if (!fdt_reg(fdt, node, index, base, size) || *size == 0)
        return false;
    for (uint32_t bus = fdt_node_parent(fdt, node); bus != FDT_NONE && bus != fdt_root(fdt);) {
        uint32_t parent = fdt_node_parent(fdt, bus);
        if (!translate(fdt, bus, parent, base, *size))
            return false;
        bus = parent;
    }
    return *base < ADDRESS_MAX && *size <= ADDRESS_MAX - *base;
}

static bool overlaps(const struct hal_range *ranges, uint32_t count, paddr_t from, paddr_t to)
{
    for (uint32_t i = 0; i < count; i++) {
        if (from < ranges[i].base + ranges[i].size && ranges[i].base < to)
            return true;
    }
    return false;
}

void device_window(const char *what, paddr_t base, uint64_t size)
{
    paddr_t from = base - base % PAGE_SIZE, to = base + size + (PAGE_SIZE - 1);

    to -= to % PAGE_SIZE;
    if (hal_map_device(from, PAGE_SIZE) != NULL && to - from == PAGE_SIZE)
        return; /* shares its page with another device */
    if (size > WINDOW_MAX)
        boot_fail("%s: registers of %lu bytes at %lx", what, (unsigned long)size, (unsigned long)base);
    if (overlaps(hal_map.ram, hal_map.ram_count, from, to))
        boot_fail("%s: registers at %lx lie in memory", what, (unsigned long)base);
    if (overlaps(hal_map.device, hal_map.device_count, from, to))
        boot_fail("%s: registers at %lx lie in those of another device", what, (unsigned long)base);
    hal_map_add_device(from, to - from);
}

/* -- Interrupts -- */

uint32_t device_intid(const struct fdt *fdt, uint32_t node, uint32_t index)
{
    struct fdt_prop interrupts;

    if (!fdt_prop(fdt, node, "interrupts", &interrupts) || interrupts.len / (4 * GIC_CELLS) <= index)
        return 0;
    const uint8_t *p = interrupts.data + 4 * GIC_CELLS * index;
    uint32_t type = be32(p), number = be32(p + 4);
    if (type == TYPE_SPI && number < GIC_INTID_MAX - GIC_SPI_FIRST)
        return GIC_SPI_FIRST + number;
    return type == TYPE_PPI && number < GIC_SPI_FIRST - PPI_FIRST ? PPI_FIRST + number : 0;
}
