/* SPDX-License-Identifier: MIT */
/* The portable memory map: RAM of the device tree, with what boot has put there cut out. */
#include <arch/boot.h>
#include <abi/status.h>

#include "hal_priv.h"

struct map {
    struct boot_mmap_entry *entry;
    uint32_t count, room;
};

static status_t add(struct map *map, uint64_t base, uint64_t size, uint32_t type)
{
    uint32_t at = map->count;

    if (map->count == map->room)
        return ERR_OUT_OF_RANGE;
    for (; at > 0 && map->entry[at - 1].base > base; at--)
        map->entry[at] = map->entry[at - 1];
    map->entry[at] = (struct boot_mmap_entry){.base = base, .size = size, .type = type};
    map->count++;
    return STATUS_OK;
}

static status_t add_ram(struct map *map, const struct fdt *fdt)
{
    uint64_t base, size;
    uint32_t node = fdt_find_path(fdt, "/memory");

    for (uint32_t i = 0; fdt_reg(fdt, node, i, &base, &size); i++) {
        if (base % PAGE_SIZE != 0 || size % PAGE_SIZE != 0 || size == 0 || base + size < base)
            return ERR_INVALID_ARGS;
        for (uint32_t k = 0; k < map->count; k++) {
            if (base < map->entry[k].base + map->entry[k].size && map->entry[k].base < base + size)
                return ERR_INVALID_ARGS;
        }
        status_t status = add(map, base, size, BOOT_MMAP_USABLE);
        if (status != STATUS_OK)
            return status;
    }
    return map->count == 0 ? ERR_INVALID_ARGS : STATUS_OK;
}

/* Turn [base, base + size), widened to pages, into a reserved entry; usable memory around it stays usable. */
static status_t reserve(struct map *map, uint64_t base, uint64_t size)
{
    uint64_t lo = base - base % PAGE_SIZE;
    uint64_t hi = base + size + (PAGE_SIZE - (base + size) % PAGE_SIZE) % PAGE_SIZE;

    for (uint32_t i = 0; i < map->count; i++) {
        struct boot_mmap_entry old = map->entry[i];
        uint64_t end = old.base + old.size;
        uint64_t from = lo > old.base ? lo : old.base;
        uint64_t to = hi < end ? hi : end;
        if (old.type != BOOT_MMAP_USABLE || from >= to)
            continue;
        map->entry[i] = (struct boot_mmap_entry){.base = from, .size = to - from, .type = BOOT_MMAP_RESERVED};
        status_t status = from > old.base ? add(map, old.base, from - old.base, BOOT_MMAP_USABLE) : STATUS_OK;
        if (status == STATUS_OK && to < end)
            status = add(map, to, end - to, BOOT_MMAP_USABLE);
        if (status != STATUS_OK)
            return status;
        i = UINT32_MAX; /* entries have moved: look from the start; what is reserved now is skipped */
    }
    return STATUS_OK;
}

static status_t reserve_node(struct map *map, const struct fdt *fdt, uint32_t node)
{
    uint64_t base, size;

    for (uint32_t i = 0; fdt_reg(fdt, node, i, &base, &size); i++) {
        status_t status = reserve(map, base, size);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static status_t reserve_all(struct map *map, const struct boot_info *info, const struct fdt *fdt)
{
    struct boot_module modules[BOOT_MODULES_MAX];
    uint32_t count = BOOT_MODULES_MAX;
    uint64_t base, size;
    status_t status = reserve(map, BOARD_RAM_BASE, BOARD_KERNEL_LOAD - BOARD_RAM_BASE); /* firmware and device tree */

    for (uint32_t i = 0; status == STATUS_OK && fdt_reservation(fdt, i, &base, &size); i++)
        status = reserve(map, base, size);
    uint32_t node = fdt_node_child(fdt, fdt_find_path(fdt, "/reserved-memory"));
    for (; status == STATUS_OK && node != FDT_NONE; node = fdt_node_sibling(fdt, node))
        status = reserve_node(map, fdt, node);
    if (status == STATUS_OK)
        status = arch_parse_modules(info, modules, &count);
    for (uint32_t i = 0; status == STATUS_OK && i < count; i++)
        status = reserve(map, modules[i].start, modules[i].end - modules[i].start);
    return status;
}

status_t arch_parse_memory_map(const struct boot_info *info, struct boot_mmap_entry *entries, uint32_t *count)
{
    struct map map = {.entry = entries, .room = *count};
    struct fdt fdt;
    status_t status = hal_open_fdt(info, &fdt);

    *count = 0;
    if (status == STATUS_OK)
        status = add_ram(&map, &fdt);
    if (status == STATUS_OK)
        status = reserve_all(&map, info, &fdt);
    if (status == STATUS_OK)
        *count = map.count;
    return status;
}
