/* SPDX-License-Identifier: MIT */
/*
 * What the loaders use of UEFI (2.10): tables are complete in layout, functions nobody calls here are `unused`.
 * Strings are UTF-16, sizes and status codes have the width of the machine, always 64 bits here.
 */
#pragma once
#include <abi/types.h>

#if defined(__x86_64__)
#define EFIAPI __attribute__((ms_abi))
#else
#define EFIAPI
#endif

typedef unsigned long long efi_status_t;
/** A function that nobody here calls. */
typedef void *efi_unused_t;

#define EFI_OK                0ull
#define EFI_ERROR(code)       (0x8000000000000000ull | (code))
#define EFI_LOAD_ERROR        EFI_ERROR(1)
#define EFI_INVALID_PARAMETER EFI_ERROR(2)
#define EFI_BUFFER_TOO_SMALL  EFI_ERROR(5)
#define EFI_NOT_FOUND         EFI_ERROR(14)

struct efi_guid {
    uint32_t a;
    uint16_t b, c;
    uint8_t d[8];
};

struct efi_table_header {
    uint64_t signature;
    uint32_t revision, header_size, crc32, reserved;
};

/* -- Memory -- */

enum efi_memory_type {
    EFI_RESERVED = 0,
    EFI_LOADER_CODE = 1,
    EFI_LOADER_DATA = 2,
    EFI_BOOT_CODE = 3,
    EFI_BOOT_DATA = 4,
    EFI_RUNTIME_CODE = 5,
    EFI_RUNTIME_DATA = 6,
    EFI_CONVENTIONAL = 7,
    EFI_UNUSABLE = 8,
    EFI_ACPI_RECLAIM = 9,
    EFI_ACPI_NVS = 10,
};

#define EFI_MEMORY_WB 0x8ull     /* can be cached, write-back: ordinary RAM */
#define EFI_MEMORY_SP 0x40000ull /* set aside for a special purpose */

/** Descriptors may be longer than this; GetMemoryMap() says how long. */
struct efi_memory_descriptor {
    uint32_t type; /* enum efi_memory_type */
    uint32_t padding;
    uint64_t physical, virtual_address, pages, attributes;
};

enum efi_allocate { EFI_ALLOCATE_ANY = 0, EFI_ALLOCATE_MAX = 1, EFI_ALLOCATE_ADDRESS = 2 };

/* -- Tables -- */

struct efi_text_output {
    efi_unused_t reset;
    efi_status_t(EFIAPI *output_string)(struct efi_text_output *self, const uint16_t *text);
};

struct efi_boot_services {
    struct efi_table_header header;
    efi_unused_t raise_tpl, restore_tpl;
    efi_status_t(EFIAPI *allocate_pages)(uint32_t how, uint32_t type, uint64_t pages, uint64_t *address);
    efi_status_t(EFIAPI *free_pages)(uint64_t address, uint64_t pages);
    efi_status_t(EFIAPI *get_memory_map)(uint64_t *size, void *map, uint64_t *key, uint64_t *descriptor_size,
                                         uint32_t *version);
    efi_unused_t pool[2], event[6], install[3];
    efi_status_t(EFIAPI *handle_protocol)(void *handle, const struct efi_guid *protocol, void **interface);
    efi_unused_t find[5], image[4];
    efi_status_t(EFIAPI *exit_boot_services)(void *image, uint64_t map_key);
    efi_unused_t counter, stall, watchdog, connect[2], open[3], list[2];
    efi_status_t(EFIAPI *locate_protocol)(const struct efi_guid *protocol, void *registration, void **interface);
};

struct efi_configuration {
    struct efi_guid vendor;
    void *table;
};

struct efi_system {
    struct efi_table_header header;
    const uint16_t *vendor;
    uint32_t revision, padding;
    void *in_handle, *in, *out_handle;
    struct efi_text_output *out;
    void *error_handle, *error, *runtime;
    struct efi_boot_services *boot;
    uint64_t configuration_count;
    const struct efi_configuration *configuration;
};

/* -- Protocols -- */

struct efi_loaded_image {
    uint32_t revision, padding;
    void *parent;
    struct efi_system *system;
    void *device, *path, *reserved;
    uint32_t options_size; /* bytes */
    uint32_t padding2;
    const void *options;
    void *base;
    uint64_t size;
    uint32_t code_type, data_type;
    efi_unused_t unload;
};

#define EFI_FILE_READ         1ull
#define EFI_FILE_END_OF_FILE  UINT64_MAX /* position that means the end */

struct efi_file {
    uint64_t revision;
    efi_status_t(EFIAPI *open)(struct efi_file *self, struct efi_file **out, const uint16_t *name, uint64_t mode,
                               uint64_t attributes);
    efi_status_t(EFIAPI *close)(struct efi_file *self);
    efi_unused_t remove;
    efi_status_t(EFIAPI *read)(struct efi_file *self, uint64_t *size, void *buffer);
    efi_unused_t write;
    efi_status_t(EFIAPI *get_position)(struct efi_file *self, uint64_t *position);
    efi_status_t(EFIAPI *set_position)(struct efi_file *self, uint64_t position);
};

struct efi_file_system {
    uint64_t revision;
    efi_status_t(EFIAPI *open_volume)(struct efi_file_system *self, struct efi_file **root);
};

enum efi_pixel_format { EFI_PIXEL_RGBX = 0, EFI_PIXEL_BGRX = 1 };

struct efi_graphics_info {
    uint32_t version, width, height;
    uint32_t format; /* enum efi_pixel_format; higher: not linear, or other masks */
    uint32_t masks[4];
    uint32_t pixels_per_line;
};

struct efi_graphics_mode {
    uint32_t mode_count, mode;
    const struct efi_graphics_info *info;
    uint64_t info_size, base, size;
};

struct efi_graphics {
    efi_unused_t query, set, blt;
    const struct efi_graphics_mode *mode;
};

struct efi_riscv_boot {
    uint64_t revision;
    efi_status_t(EFIAPI *get_boot_hart)(struct efi_riscv_boot *self, uint64_t *hart);
};
