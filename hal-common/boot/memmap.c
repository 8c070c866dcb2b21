/* SPDX-License-Identifier: MIT */
#include <common/memmap.h>

#include <abi/status.h>

static status_t insert(struct memmap *map, uint64_t base, uint64_t size, uint32_t type)
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

status_t memmap_add(struct memmap *map, uint64_t base, uint64_t size)
{
    if (base % PAGE_SIZE != 0 || size % PAGE_SIZE != 0 || size == 0 || base + size < base)
        return ERR_INVALID_ARGS;
    for (uint32_t i = 0; i < map->count; i++) {
        if (base < map->entry[i].base + map->entry[i].size && map->entry[i].base < base + size)
            return ERR_INVALID_ARGS;
    }
    return insert(map, base, size, BOOT_MMAP_USABLE);
}

/* Rounded up to a page; what runs over the end of the address space ends with its last page. */
static uint64_t page_end(uint64_t base, uint64_t size)
{
    const uint64_t last = UINT64_MAX - (PAGE_SIZE - 1);

    if (size > last || base > last - size)
        return last;
    return (base + size + (PAGE_SIZE - 1)) / PAGE_SIZE * PAGE_SIZE;
}

status_t memmap_reserve(struct memmap *map, uint64_t base, uint64_t size)
{
    uint64_t lo = base - base % PAGE_SIZE;
    uint64_t hi = page_end(base, size);

    for (uint32_t i = 0; i < map->count; i++) {
        struct boot_mmap_entry old = map->entry[i];
        uint64_t end = old.base + old.size;
        uint64_t from = lo > old.base ? lo : old.base;
        uint64_t to = hi < end ? hi : end;
        if (old.type != BOOT_MMAP_USABLE || from >= to)
            continue;
        map->entry[i] = (struct boot_mmap_entry){.base = from, .size = to - from, .type = BOOT_MMAP_RESERVED};
        status_t status = from > old.base ? insert(map, old.base, from - old.base, BOOT_MMAP_USABLE) : STATUS_OK;
        if (status == STATUS_OK && to < end)
            status = insert(map, to, end - to, BOOT_MMAP_USABLE);
        if (status != STATUS_OK)
            return status;
        i = UINT32_MAX; /* entries have moved: look from the start; what is reserved now is skipped */
    }
    return STATUS_OK;
}
