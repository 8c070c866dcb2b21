/* SPDX-License-Identifier: MIT */
#include "x86_efi.h"

#include <base/mem.h>

/* The way out of long mode, where 32-bit code can run. */
static x86_enter_fn *place_enter(const struct efi_loader *loader)
{
    uint64_t at = X86_LIMIT - 1;
    efi_status_t status = loader->boot->allocate_pages(EFI_ALLOCATE_MAX, EFI_LOADER_CODE, 1, &at);

    if (status != EFI_OK) {
        (void)efi_fail(loader, "no page below 4 GiB (EFI status %llx)", status);
        return NULL;
    }
    memcpy((void *)at, x86_enter, (size_t)(x86_enter_end - x86_enter));
    return (x86_enter_fn *)at;
}

static bool prepare(struct efi_loader *loader, struct x86_kernel *kernel)
{
    struct efi_blob file;

    if (!efi_read(loader, EFI_KERNEL_FILE, EFI_ANYWHERE, &file) || !x86_kernel_load(loader, &file, kernel) ||
        !efi_read_tasks(loader, X86_LIMIT))
        return false;
    efi_find_screen(loader);
    return true;
}

efi_status_t EFIAPI efi_main(void *image, struct efi_system *system)
{
    struct efi_loader loader;
    struct x86_kernel kernel;
    struct efi_map map;

    if (!efi_open(&loader, image, system) || !prepare(&loader, &kernel))
        return EFI_LOAD_ERROR;
    void *info = efi_allocate(&loader, X86_INFO_SIZE, X86_LIMIT, "boot information");
    x86_enter_fn *enter = place_enter(&loader);
    if (info == NULL || enter == NULL || !efi_get_map(&loader, &map))
        return EFI_LOAD_ERROR;
    if (!x86_info_write(&loader, &kernel, &map, info)) {
        efi_say(&loader, "the boot information does not fit into %u bytes", X86_INFO_SIZE);
        return EFI_LOAD_ERROR;
    }
    efi_say(&loader, "kernel at %llx to %llx, task image of %llu bytes", (unsigned long long)kernel.start,
            (unsigned long long)kernel.end, (unsigned long long)loader.tasks.size);
    if (!efi_exit(&loader, &map))
        return EFI_LOAD_ERROR;
    /* The final map: at most a few descriptors more, and the block is joined to as few ranges as before. */
    if (x86_info_write(&loader, &kernel, &map, info))
        enter(kernel.entry, (uint64_t)info);
    for (;;)
        __asm__ volatile("cli; hlt");
}
