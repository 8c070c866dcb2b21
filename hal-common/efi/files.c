/* SPDX-License-Identifier: MIT */
/* Files of the volume that the loader came from: the EFI system partition, or what a firmware shows as one. */
#include <efi/loader.h>

#include <base/cmdline.h>

#define PATH_MAX 128u

static const struct efi_guid file_system_guid = {
    0x964E5B22, 0x6459, 0x11D2, {0x8E, 0x39, 0x00, 0xA0, 0xC9, 0x69, 0x72, 0x3B}};

static efi_status_t open_file(const struct efi_loader *loader, const char *path, struct efi_file **out)
{
    uint16_t wide[PATH_MAX];
    uint32_t n = 0;
    void *volume;
    struct efi_file *root;

    for (; n < PATH_MAX - 1 && path[n] != '\0'; n++)
        wide[n] = path[n] == '/' ? '\\' : (uint8_t)path[n];
    wide[n] = 0;
    efi_status_t status = loader->boot->handle_protocol(loader->loaded->device, &file_system_guid, &volume);
    if (status != EFI_OK)
        return status;
    status = ((struct efi_file_system *)volume)->open_volume(volume, &root);
    if (status != EFI_OK)
        return status;
    status = root->open(root, out, wide, EFI_FILE_READ, 0);
    (void)root->close(root);
    return status;
}

bool efi_has_file(const struct efi_loader *loader, const char *path)
{
    struct efi_file *file;

    if (open_file(loader, path, &file) != EFI_OK)
        return false;
    (void)file->close(file);
    return true;
}

static bool read_open(const struct efi_loader *loader, const char *path, struct efi_file *file, uint64_t limit,
                      struct efi_blob *out)
{
    uint64_t size = 0, got;

    efi_status_t status = file->set_position(file, EFI_FILE_END_OF_FILE);
    if (status == EFI_OK)
        status = file->get_position(file, &size);
    if (status == EFI_OK)
        status = file->set_position(file, 0);
    if (status != EFI_OK)
        return efi_fail(loader, "%s: its size cannot be read (EFI status %llx)", path, status);
    if (size == 0 || size > EFI_FILE_MAX)
        return efi_fail(loader, "%s: %llu bytes: empty or too large", path, (unsigned long long)size);
    out->data = efi_allocate(loader, size, limit, path);
    if (out->data == NULL)
        return false;
    got = size;
    status = file->read(file, &got, out->data);
    if (status != EFI_OK || got != size)
        return efi_fail(loader, "%s: reading stopped after %llu of %llu bytes (EFI status %llx)", path,
                        (unsigned long long)got, (unsigned long long)size, status);
    out->size = size;
    return true;
}

bool efi_read(const struct efi_loader *loader, const char *path, uint64_t limit, struct efi_blob *out)
{
    struct efi_file *file;
    efi_status_t status = open_file(loader, path, &file);

    if (status != EFI_OK)
        return efi_fail(loader, "%s: cannot be opened on the boot volume (EFI status %llx)", path,
                        status);
    bool ok = read_open(loader, path, file, limit, out);
    (void)file->close(file);
    return ok;
}

bool efi_read_tasks(struct efi_loader *loader, uint64_t limit)
{
    char path[PATH_MAX];

    if (cmdline_get(loader->cmdline, "initrd", path, sizeof path))
        return efi_read(loader, path, limit, &loader->tasks);
    return efi_read(loader, EFI_IMAGE_FILE, limit, &loader->tasks);
}
