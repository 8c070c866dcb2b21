/* SPDX-License-Identifier: MIT */
/*
 * The EFI half of a dual image (AArch64, RISC-V): the flat kernel that boot loaders of Linux start directly is an EFI
 * application too. The firmware loads it anywhere and enters here; this code copies the kernel to the address it is linked
 * for and enters it as a direct boot does. It is linked into the kernel, but runs at an address nobody knew: it is
 * position-independent and never writes to the image.
 */
#include <abi/status.h>
#include <arch/memory.h>
#include <base/cmdline.h>
#include <base/mem.h>
#include <base/string.h>
#include <efi/fdt_write.h>
#include <efi/loader.h>
#include <efi/port.h>

#define FDT_SIZE_MAX (4u << 20)

static const struct efi_guid fdt_guid = {
    0xB1B621D5, 0xF19C, 0x41A5, {0x83, 0x0B, 0xD9, 0x15, 0x2C, 0x69, 0xAA, 0xE0}};

struct stub {
    struct efi_loader loader;
    struct fdt original;
    struct efi_blob tree; /* room for the kernel's */
    uint64_t kernel, image_size, cpu; /* kernel: where it is to run */
    struct efi_ranges ram;
};

static bool find_tree(struct stub *stub)
{
    const uint8_t *blob = efi_configuration(&stub->loader, &fdt_guid);

    if (blob == NULL)
        return efi_fail(&stub->loader, "the firmware gives no device tree (QEMU: -M virt,acpi=off)");
    status_t status = fdt_open(&stub->original, blob, FDT_SIZE_MAX); /* looks no further than the header says */
    if (status != STATUS_OK)
        return efi_fail(&stub->loader, "the firmware's device tree is damaged (error %d)", status);
    stub->tree.size = (uint64_t)stub->original.size + EFI_FDT_ROOM;
    stub->tree.data = efi_allocate(&stub->loader, stub->tree.size, EFI_ANYWHERE, "device tree");
    return stub->tree.data != NULL;
}

/* Memory for a kernel that can lie anywhere: enough for its alignment, and for staying clear of a boundary. */
static bool claim_any(struct stub *stub)
{
    const uint64_t step = efi_port_step();
    uint64_t room = 2 * (stub->image_size + step);
    void *p = efi_allocate(&stub->loader, room, EFI_ANYWHERE, "the kernel");

    if (p == NULL)
        return false;
    stub->kernel = ((uintptr_t)p + step - 1) / step * step;
    uint64_t boundary = (stub->kernel / EFI_PORT_BOUNDARY + 1) * EFI_PORT_BOUNDARY;
    if (stub->kernel + stub->image_size > boundary)
        stub->kernel = boundary;
    return true;
}

/*
 * Where it is linked for, or if the kernel can move itself anywhere. Nothing to do if the firmware has happened to load
 * us to the right place.
 */
static bool place_kernel(struct stub *stub)
{
    char where[sizeof "anywhere"];
    bool asked = cmdline_get(stub->loader.cmdline, "efi", where, sizeof where) && str_eq(where, "anywhere");
    bool placed;

    stub->image_size = (uint64_t)(image_end - image_start);
    stub->kernel = ARCH_KERNEL_LOAD;
    if (stub->kernel == (uintptr_t)image_start)
        return true;
    if (efi_port_step() == 0)
        placed = efi_claim(&stub->loader, stub->kernel, stub->image_size, "the kernel");
    else
        placed = (!asked && efi_try_claim(&stub->loader, stub->kernel, stub->image_size) == EFI_OK) || claim_any(stub);
    if (placed)
        memcpy((void *)stub->kernel, image_start, stub->image_size);
    return placed;
}

static status_t write_tree(struct stub *stub, const struct efi_map *map)
{
    const struct efi_blob *tasks = &stub->loader.tasks;
    uint64_t pinned[] = {stub->kernel, (uintptr_t)tasks->data, (uintptr_t)stub->tree.data};
    struct efi_fdt_edit edit = {
        .bootargs = stub->loader.cmdline,
        .initrd_start = (uintptr_t)tasks->data,
        .initrd_end = (uintptr_t)tasks->data + tasks->size,
        .ram = &stub->ram,
        .screen = &stub->loader.screen,
    };

    efi_ranges_usable(&stub->ram, map, pinned, ARRAY_LEN(pinned));
    return efi_fdt_write(&stub->original, &edit, stub->tree.data, (uint32_t)stub->tree.size);
}

static bool prepare(struct stub *stub)
{
    struct efi_map map;

    if (!find_tree(stub) || !efi_port_boot_cpu(&stub->loader, &stub->original, &stub->cpu) || !place_kernel(stub) ||
        !efi_read_tasks(&stub->loader, EFI_ANYWHERE))
        return false;
    efi_find_screen(&stub->loader);
    if (!efi_get_map(&stub->loader, &map))
        return false;
    status_t status = write_tree(stub, &map);
    if (status != STATUS_OK)
        return efi_fail(&stub->loader, "the device tree cannot be copied (error %d)", status);
    efi_say(&stub->loader, "kernel at %llx to %llx, task image of %llu bytes", (unsigned long long)stub->kernel,
            (unsigned long long)(stub->kernel + stub->image_size), (unsigned long long)stub->loader.tasks.size);
    return true;
}

static NORETURN void enter(struct stub *stub)
{
    efi_port_clean((void *)stub->kernel, stub->image_size);
    efi_port_clean(image_start, stub->image_size); /* the code that switches the caches off */
    efi_port_clean(stub->tree.data, stub->tree.size);
    efi_port_clean(stub->loader.tasks.data, stub->loader.tasks.size);
    efi_port_enter(stub->kernel, (uintptr_t)stub->tree.data, stub->cpu);
}

efi_status_t EFIAPI efi_main(void *image, struct efi_system *system)
{
    struct stub stub;
    struct efi_map map;

    if (!efi_open(&stub.loader, image, system) || !prepare(&stub) || !efi_exit(&stub.loader, &map))
        return EFI_LOAD_ERROR;
    /* The final map has at most a few descriptors more, and the tree room for as many ranges as there can be. */
    if (write_tree(&stub, &map) == STATUS_OK)
        enter(&stub);
    for (;;)
        ;
}
