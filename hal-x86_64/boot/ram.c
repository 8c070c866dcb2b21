/* SPDX-License-Identifier: MIT */
#include <x86/ram.h>

#include <x86/bytes.h>

#define E820_SIZE 20u
#define E820_USABLE 1u

#define EFI_SIZE 40u
#define EFI_LOADER_CODE 1u
#define EFI_BOOT_SERVICES_DATA 4u
#define EFI_CONVENTIONAL 7u

static void remove_at(struct ram *ram, uint32_t at)
{
    ram->count--;
    for (; at < ram->count; at++)
        ram->range[at] = ram->range[at + 1];
}

/* The smallest range at or above `from`; ram->count if there is none. */
static uint32_t smallest(const struct ram *ram, paddr_t from)
{
    uint32_t best = ram->count;

    for (uint32_t i = 0; i < ram->count; i++) {
        uint64_t size = ram->range[i].end - ram->range[i].base;
        if (ram->range[i].base >= from && (best == ram->count || size < ram->range[best].end - ram->range[best].base))
            best = i;
    }
    return best;
}

static void insert(struct ram *ram, struct ram_range range)
{
    uint32_t at;

    if (ram->count == RAM_RANGES_MAX) {
        at = smallest(ram, 0);
        if (range.end - range.base <= ram->range[at].end - ram->range[at].base)
            return;
        remove_at(ram, at);
    }
    for (at = ram->count; at > 0 && ram->range[at - 1].base > range.base; at--)
        ram->range[at] = ram->range[at - 1];
    ram->range[at] = range;
    ram->count++;
}

void ram_add(struct ram *ram, paddr_t base, paddr_t end)
{
    struct ram_range all = {base, end < RAM_END ? end : RAM_END};

    if (base >= RAM_END)
        return;
    all.base += (PAGE_SIZE - all.base % PAGE_SIZE) % PAGE_SIZE;
    all.end -= all.end % PAGE_SIZE;
    if (all.base >= all.end)
        return;
    for (uint32_t i = 0; i < ram->count;) {
        struct ram_range old = ram->range[i];
        if (old.end < all.base || old.base > all.end) {
            i++;
            continue;
        }
        all.base = old.base < all.base ? old.base : all.base;
        all.end = old.end > all.end ? old.end : all.end;
        remove_at(ram, i);
    }
    insert(ram, all);
}

void ram_cut(struct ram *ram, paddr_t base, paddr_t end)
{
    if (base >= end || base >= RAM_END)
        return;
    base -= base % PAGE_SIZE;
    end = end < RAM_END ? end + (PAGE_SIZE - end % PAGE_SIZE) % PAGE_SIZE : RAM_END;
    for (uint32_t i = 0; i < ram->count;) {
        struct ram_range old = ram->range[i];
        if (old.end <= base || old.base >= end) {
            i++;
            continue;
        }
        remove_at(ram, i); /* what is left of it is out of the way of the cut when the loop meets it */
        if (old.base < base)
            insert(ram, (struct ram_range){old.base, base});
        if (end < old.end)
            insert(ram, (struct ram_range){end, old.end});
    }
}

void ram_shrink(struct ram *ram, uint32_t max)
{
    while (ram->count > max) {
        uint32_t at = smallest(ram, RAM_LOW_END);
        remove_at(ram, at < ram->count ? at : ram->count - 1);
    }
}

bool ram_has(const struct ram *ram, paddr_t base, paddr_t end)
{
    for (uint32_t i = 0; i < ram->count; i++) {
        if (base >= ram->range[i].base && base < end && end <= ram->range[i].end)
            return true;
    }
    return false;
}

uint64_t ram_bytes(const struct ram *ram)
{
    uint64_t bytes = 0;

    for (uint32_t i = 0; i < ram->count; i++)
        bytes += ram->range[i].end - ram->range[i].base;
    return bytes;
}

/* -- Firmware maps -- */

static paddr_t end_of(paddr_t base, uint64_t size)
{
    return base + size < base ? UINT64_MAX : base + size;
}

static void claim(struct ram *ram, paddr_t base, paddr_t end)
{
    if (base < ram->claimed_limit && end > ram->claimed_end)
        ram->claimed_end = end;
}

void ram_read_e820(struct ram *ram, const uint8_t *entries, uint64_t count, uint64_t stride)
{
    if (stride < E820_SIZE)
        return;
    for (uint64_t i = 0; i < count; i++) {
        const uint8_t *e = entries + i * stride;
        paddr_t end = end_of(get64(e), get64(e + 8));
        claim(ram, get64(e), end);
        if (get32(e + 16) == E820_USABLE)
            ram_add(ram, get64(e), end);
    }
    for (uint64_t i = 0; i < count; i++) {
        const uint8_t *e = entries + i * stride;
        if (get32(e + 16) != E820_USABLE)
            ram_cut(ram, get64(e), end_of(get64(e), get64(e + 8)));
    }
}

static bool is_efi_usable(uint32_t type)
{
    return (type >= EFI_LOADER_CODE && type <= EFI_BOOT_SERVICES_DATA) || type == EFI_CONVENTIONAL;
}

static uint64_t efi_bytes(const uint8_t *e)
{
    uint64_t pages = get64(e + 24);

    return pages < UINT64_MAX / PAGE_SIZE ? pages * PAGE_SIZE : UINT64_MAX;
}

void ram_read_efi(struct ram *ram, const uint8_t *entries, uint64_t count, uint64_t stride)
{
    if (stride < EFI_SIZE)
        return;
    for (uint64_t i = 0; i < count; i++) {
        const uint8_t *e = entries + i * stride;
        paddr_t end = end_of(get64(e + 8), efi_bytes(e));
        claim(ram, get64(e + 8), end);
        if (is_efi_usable(get32(e)))
            ram_add(ram, get64(e + 8), end);
    }
    for (uint64_t i = 0; i < count; i++) {
        const uint8_t *e = entries + i * stride;
        if (!is_efi_usable(get32(e)))
            ram_cut(ram, get64(e + 8), end_of(get64(e + 8), efi_bytes(e)));
    }
}
