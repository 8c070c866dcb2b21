/* SPDX-License-Identifier: MIT */
#include "firmware.h"

#include <stdlib.h>
#include <string.h>

#define ALLOCATIONS_MAX 32u
#define MAP_KEY         77u

struct firmware firmware;
static void *allocated[ALLOCATIONS_MAX];
static uint32_t allocated_count;
static struct efi_boot_services boot;
static uint16_t options[EFI_CMDLINE_MAX * 2];

/* -- Memory -- */

static efi_status_t EFIAPI allocate_pages(uint32_t how, uint32_t type, uint64_t pages, uint64_t *address)
{
    (void)type;
    if (firmware.allocations_left == 0 || firmware.exited)
        return EFI_ERROR(9);
    firmware.allocations_left--;
    if (how == EFI_ALLOCATE_ADDRESS) {
        firmware.claimed = *address;
        return firmware.refuse_claim ? EFI_NOT_FOUND : EFI_OK;
    }
    void *p = aligned_alloc(PAGE_SIZE, pages << PAGE_SHIFT);
    memset(p, 0xA5, pages << PAGE_SHIFT);
    allocated[allocated_count++] = p;
    *address = (uintptr_t)p;
    return EFI_OK;
}

static efi_status_t EFIAPI get_memory_map(uint64_t *size, void *map, uint64_t *key, uint64_t *step, uint32_t *version)
{
    static const struct efi_memory_descriptor only = {.type = EFI_CONVENTIONAL, .physical = 0x1000, .pages = 1};

    if (!firmware.has_map)
        return EFI_ERROR(3);
    if (*size < sizeof only) {
        *size = sizeof only;
        return EFI_BUFFER_TOO_SMALL;
    }
    memcpy(map, &only, sizeof only);
    *size = *step = sizeof only;
    *key = MAP_KEY + firmware.stale_keys;
    *version = 1;
    return EFI_OK;
}

static efi_status_t EFIAPI exit_boot_services(void *image, uint64_t key)
{
    if (image != &firmware || key != MAP_KEY + firmware.stale_keys)
        return EFI_ERROR(20);
    if (firmware.stale_keys > 0) {
        firmware.stale_keys--;
        return firmware.exit_status;
    }
    firmware.exited = true;
    return EFI_OK;
}

/* -- Files -- */

struct open_file {
    struct efi_file functions;
    const struct firmware_file *file; /* NULL: the root */
    uint64_t at;
};

static struct efi_file *open_one(const struct firmware_file *file);

static bool names(const uint16_t *wide, const char *path)
{
    while (*path != '\0' && *wide == (uint8_t)*path) {
        wide++;
        path++;
    }
    return *wide == 0 && *path == '\0';
}

static efi_status_t EFIAPI open_file(struct efi_file *self, struct efi_file **out, const uint16_t *name, uint64_t mode,
                                     uint64_t attributes)
{
    (void)self;
    (void)attributes;
    for (const struct firmware_file *f = firmware.file; f->path != NULL && mode == EFI_FILE_READ; f++) {
        if (names(name, f->path)) {
            *out = open_one(f);
            return EFI_OK;
        }
    }
    return EFI_NOT_FOUND;
}

static efi_status_t EFIAPI close_file(struct efi_file *self)
{
    free(self);
    firmware.open_files--;
    return EFI_OK;
}

static efi_status_t EFIAPI read_file(struct efi_file *self, uint64_t *size, void *buffer)
{
    struct open_file *open = (struct open_file *)self;
    uint64_t left = open->file->size - open->file->short_by - open->at;

    *size = *size < left ? *size : left;
    memcpy(buffer, (const uint8_t *)open->file->data + open->at, *size);
    open->at += *size;
    return EFI_OK;
}

static efi_status_t EFIAPI get_position(struct efi_file *self, uint64_t *position)
{
    *position = ((struct open_file *)self)->at;
    return EFI_OK;
}

static efi_status_t EFIAPI set_position(struct efi_file *self, uint64_t position)
{
    struct open_file *open = (struct open_file *)self;

    open->at = position == EFI_FILE_END_OF_FILE ? open->file->size : position;
    return EFI_OK;
}

static struct efi_file *open_one(const struct firmware_file *file)
{
    struct open_file *open = calloc(1, sizeof *open);

    open->functions = (struct efi_file){.open = open_file, .close = close_file, .read = read_file,
                                        .get_position = get_position, .set_position = set_position};
    open->file = file;
    firmware.open_files++;
    return &open->functions;
}

static efi_status_t EFIAPI open_volume(struct efi_file_system *self, struct efi_file **root)
{
    (void)self;
    *root = open_one(NULL);
    return EFI_OK;
}

/* -- Protocols, by the first number of their names -- */

static efi_status_t EFIAPI handle_protocol(void *handle, const struct efi_guid *protocol, void **interface)
{
    static struct efi_file_system volume = {.open_volume = open_volume};

    if (handle == &firmware && protocol->a == 0x5B1B31A1 && firmware.has_loaded_image) {
        *interface = &firmware.loaded;
        return EFI_OK;
    }
    if (handle == &boot && protocol->a == 0x964E5B22 && firmware.has_volume) {
        *interface = &volume;
        return EFI_OK;
    }
    return EFI_ERROR(3);
}

static efi_status_t EFIAPI locate_protocol(const struct efi_guid *protocol, void *registration, void **interface)
{
    static struct efi_graphics graphics;

    (void)registration;
    if (protocol->a != 0x9042A9DE || firmware.mode == NULL)
        return EFI_NOT_FOUND;
    graphics.mode = firmware.mode;
    *interface = &graphics;
    return EFI_OK;
}

static efi_status_t EFIAPI output_string(struct efi_text_output *self, const uint16_t *text)
{
    size_t n = strlen(firmware.console);

    (void)self;
    for (; *text != 0 && n < sizeof firmware.console - 1; text++)
        firmware.console[n++] = (char)*text;
    firmware.console[n] = '\0';
    return EFI_OK;
}

void firmware_options(const char *text)
{
    uint32_t n = 0;

    for (; text[n] != '\0'; n++)
        options[n] = (uint8_t)text[n];
    options[n] = 0;
    firmware.loaded.options = options;
    firmware.loaded.options_size = 2 * (n + 1);
}

int firmware_setup(void **state)
{
    static struct efi_text_output out = {.output_string = output_string};

    (void)state;
    firmware = (struct firmware){.allocations_left = ALLOCATIONS_MAX, .exit_status = EFI_INVALID_PARAMETER,
                                 .has_loaded_image = true, .has_volume = true, .has_map = true};
    boot = (struct efi_boot_services){.allocate_pages = allocate_pages, .get_memory_map = get_memory_map,
                                      .handle_protocol = handle_protocol, .exit_boot_services = exit_boot_services,
                                      .locate_protocol = locate_protocol};
    firmware.loaded.device = &boot;
    firmware.system = (struct efi_system){.out = &out, .boot = &boot};
    return 0;
}

int firmware_teardown(void **state)
{
    (void)state;
    while (allocated_count > 0)
        free(allocated[--allocated_count]);
    return firmware.open_files == 0 ? 0 : -1;
}
