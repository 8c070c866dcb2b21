/* SPDX-License-Identifier: MIT */
#include <efi/loader.h>

/* Descriptors that may be added between asking for the size and the last memory map. */
#define MAP_SLACK   4096u
#define EXIT_TRIES  4u

static uint64_t pages_of(uint64_t size)
{
    return (size + PAGE_SIZE - 1) >> PAGE_SHIFT;
}

void *efi_allocate(const struct efi_loader *loader, uint64_t size, uint64_t limit, const char *what)
{
    uint64_t address = limit - 1;
    uint32_t how = limit == EFI_ANYWHERE ? EFI_ALLOCATE_ANY : EFI_ALLOCATE_MAX;
    efi_status_t status = loader->boot->allocate_pages(how, EFI_LOADER_DATA, pages_of(size), &address);

    if (status == EFI_OK)
        return (void *)(uintptr_t)address;
    (void)efi_fail(loader, "%s: no %llu bytes of free memory (EFI status %llx)", what, (unsigned long long)size,
                   status);
    return NULL;
}

efi_status_t efi_try_claim(const struct efi_loader *loader, uint64_t address, uint64_t size)
{
    return loader->boot->allocate_pages(EFI_ALLOCATE_ADDRESS, EFI_LOADER_DATA, pages_of(size), &address);
}

bool efi_claim(const struct efi_loader *loader, uint64_t address, uint64_t size, const char *what)
{
    efi_status_t status = efi_try_claim(loader, address, size);

    if (status == EFI_OK)
        return true;
    return efi_fail(loader, "%s must lie at %llx to %llx, and the firmware uses that memory (EFI status %llx)", what,
                    (unsigned long long)address, (unsigned long long)(address + size), status);
}

static bool make_room(struct efi_loader *loader)
{
    uint64_t size = 0, key, step;
    uint32_t version;
    efi_status_t status = loader->boot->get_memory_map(&size, NULL, &key, &step, &version);

    if (status != EFI_BUFFER_TOO_SMALL)
        return efi_fail(loader, "the firmware gives no memory map (EFI status %llx)", status);
    loader->map_room.data = efi_allocate(loader, size + MAP_SLACK, EFI_ANYWHERE, "memory map");
    loader->map_room.size = size + MAP_SLACK;
    return loader->map_room.data != NULL;
}

static efi_status_t get_map(struct efi_loader *loader, struct efi_map *map)
{
    uint32_t version;

    *map = (struct efi_map){.descriptors = loader->map_room.data, .size = loader->map_room.size};
    return loader->boot->get_memory_map(&map->size, loader->map_room.data, &map->key, &map->step, &version);
}

bool efi_get_map(struct efi_loader *loader, struct efi_map *map)
{
    if (loader->map_room.data == NULL && !make_room(loader))
        return false;
    efi_status_t status = get_map(loader, map);
    if (status != EFI_OK)
        return efi_fail(loader, "the firmware gives no memory map (EFI status %llx)", status);
    return true;
}

/*
 * The key of a map is good until memory is next allocated, which ExitBootServices() itself may cause once by what it
 * tells other drivers: then only the map may be asked for again.
 */
bool efi_exit(struct efi_loader *loader, struct efi_map *map)
{
    efi_status_t status = EFI_OK;

    if (!efi_get_map(loader, map))
        return false;
    for (uint32_t i = 0; i < EXIT_TRIES; i++) {
        status = loader->boot->exit_boot_services(loader->image, map->key);
        if (status == EFI_OK)
            return true;
        if (status != EFI_INVALID_PARAMETER || get_map(loader, map) != EFI_OK)
            break;
    }
    return efi_fail(loader, "boot services do not end (EFI status %llx)", status);
}
