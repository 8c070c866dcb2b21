/* SPDX-License-Identifier: MIT */
#include <efi/ranges.h>

#include <base/compiler.h>

const struct efi_memory_descriptor *efi_map_get(const struct efi_map *map, uint64_t index)
{
    if (map->step < sizeof(struct efi_memory_descriptor) || index >= map->size / map->step)
        return NULL;
    return (const void *)((const uint8_t *)map->descriptors + index * map->step);
}

bool efi_is_usable(const struct efi_memory_descriptor *d)
{
    switch (d->type) {
    case EFI_LOADER_CODE:
    case EFI_LOADER_DATA:
    case EFI_BOOT_CODE:
    case EFI_BOOT_DATA:
    case EFI_CONVENTIONAL:
        return (d->attributes & (EFI_MEMORY_WB | EFI_MEMORY_SP)) == EFI_MEMORY_WB;
    default:
        return false;
    }
}

static bool holds_pinned(const struct efi_range *range, const uint64_t *pinned, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (pinned[i] - range->base < range->size)
            return true;
    }
    return false;
}

static void remove_at(struct efi_ranges *ranges, uint32_t at)
{
    ranges->count--;
    for (; at < ranges->count; at++)
        ranges->range[at] = ranges->range[at + 1];
}

/* Make room by leaving out the smallest range; false if every one is pinned. */
static bool drop_smallest(struct efi_ranges *ranges, const uint64_t *pinned, uint32_t count)
{
    uint32_t smallest = ranges->count;

    for (uint32_t i = 0; i < ranges->count; i++) {
        if (!holds_pinned(&ranges->range[i], pinned, count) &&
            (smallest == ranges->count || ranges->range[i].size < ranges->range[smallest].size))
            smallest = i;
    }
    if (smallest == ranges->count)
        return false;
    remove_at(ranges, smallest);
    return true;
}

/* Put a range in its place and join it with what it touches. There is room. */
static void insert(struct efi_ranges *ranges, uint64_t base, uint64_t size)
{
    uint32_t at = ranges->count;

    for (; at > 0 && ranges->range[at - 1].base > base; at--)
        ranges->range[at] = ranges->range[at - 1];
    ranges->range[at] = (struct efi_range){.base = base, .size = size};
    ranges->count++;
    if (at + 1 < ranges->count && base + size == ranges->range[at + 1].base) {
        ranges->range[at].size += ranges->range[at + 1].size;
        remove_at(ranges, at + 1);
    }
    if (at > 0 && ranges->range[at - 1].base + ranges->range[at - 1].size == base) {
        ranges->range[at - 1].size += ranges->range[at].size;
        remove_at(ranges, at);
    }
}

static bool overlaps(const struct efi_ranges *ranges, uint64_t base, uint64_t size)
{
    for (uint32_t i = 0; i < ranges->count; i++) {
        if (base < ranges->range[i].base + ranges->range[i].size && ranges->range[i].base < base + size)
            return true;
    }
    return false;
}

void efi_ranges_usable(struct efi_ranges *ranges, const struct efi_map *map, const uint64_t *pinned,
                       uint32_t pinned_count)
{
    const struct efi_memory_descriptor *d;

    ranges->count = 0;
    for (uint64_t i = 0; (d = efi_map_get(map, i)) != NULL; i++) {
        uint64_t size = d->pages << PAGE_SHIFT;
        if (!efi_is_usable(d) || size >> PAGE_SHIFT != d->pages || size == 0 || d->physical + size < size ||
            overlaps(ranges, d->physical, size))
            continue;
        if (ranges->count == ARRAY_LEN(ranges->range) && !drop_smallest(ranges, pinned, pinned_count))
            return;
        insert(ranges, d->physical, size);
    }
    while (ranges->count > EFI_RANGES_FINAL) {
        if (!drop_smallest(ranges, pinned, pinned_count))
            return;
    }
}
