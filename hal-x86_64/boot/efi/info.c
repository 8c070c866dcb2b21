/* SPDX-License-Identifier: MIT */
/* The Multiboot2 information block: the total size, then tags of 8-byte granularity up to the end tag. */
#include "x86_efi.h"

#include <base/mem.h>
#include <base/string.h>

enum tag_type {
    TAG_END = 0,
    TAG_CMDLINE = 1,
    TAG_LOADER = 2,
    TAG_MODULE = 3,
    TAG_MEMORY_MAP = 6,
    TAG_FRAMEBUFFER = 8,
    TAG_ACPI_OLD = 14,
    TAG_ACPI_NEW = 15,
};

enum memory_type { MEMORY_USABLE = 1, MEMORY_RESERVED = 2, MEMORY_ACPI = 3, MEMORY_NVS = 4 };

#define RSDP_SIZE       20u /* ACPI 1.0 */
#define RSDP_LENGTH     20u /* offset of the size of a later one */
#define RSDP_LENGTH_MAX 256u

struct tag {
    uint32_t type, size;
};

struct module_tag {
    struct tag tag;
    uint32_t start, end;
};

struct memory_map_tag {
    struct tag tag;
    uint32_t entry_size, entry_version;
};

struct memory_entry {
    uint64_t base, size;
    uint32_t type, reserved;
};

struct framebuffer_tag {
    struct tag tag;
    uint64_t address;
    uint32_t pitch, width, height;
    uint8_t bpp, type;
    uint16_t reserved;
    uint8_t red_position, red_size, green_position, green_size, blue_position, blue_size;
    uint8_t padding[2]; /* not part of the tag */
};

#define FRAMEBUFFER_SIZE (sizeof(struct framebuffer_tag) - 2)

static const struct efi_guid acpi2_guid = {
    0x8868E871, 0xE4F1, 0x11D3, {0xBC, 0x22, 0x00, 0x80, 0xC7, 0x3C, 0x88, 0x81}};
static const struct efi_guid acpi1_guid = {
    0xEB9D2D30, 0x2D88, 0x11D3, {0x9A, 0x16, 0x00, 0x90, 0x27, 0x3F, 0xC1, 0x4D}};

/* Writes behind what is there; once something did not fit, nothing is written any more. */
struct writer {
    uint8_t *at;
    uint32_t used;
    bool full;
};

static void put(struct writer *w, const void *data, uint64_t size)
{
    if (w->full || size > X86_INFO_SIZE - w->used) {
        w->full = true;
        return;
    }
    memcpy(w->at + w->used, data, size);
    w->used += (uint32_t)size;
}

static void align(struct writer *w)
{
    static const uint8_t zero[8];

    put(w, zero, (8 - w->used % 8) % 8);
}

static void put_string(struct writer *w, uint32_t type, const char *text)
{
    struct tag tag = {.type = type, .size = (uint32_t)(sizeof tag + str_len(text) + 1)};

    put(w, &tag, sizeof tag);
    put(w, text, str_len(text) + 1);
    align(w);
}

static void put_module(struct writer *w, const struct efi_blob *blob)
{
    static const char name[] = "image";
    struct module_tag tag = {
        .tag = {.type = TAG_MODULE, .size = sizeof tag + sizeof name},
        .start = (uint32_t)(uintptr_t)blob->data,
        .end = (uint32_t)((uintptr_t)blob->data + blob->size),
    };

    put(w, &tag, sizeof tag);
    put(w, name, sizeof name);
    align(w);
}

static uint32_t memory_type(const struct efi_memory_descriptor *d)
{
    switch (d->type) {
    case EFI_ACPI_RECLAIM:
        return MEMORY_ACPI;
    case EFI_ACPI_NVS:
        return MEMORY_NVS;
    default:
        return efi_is_usable(d) ? 0 : MEMORY_RESERVED; /* usable memory is told from the joined ranges */
    }
}

static void put_memory_map(struct writer *w, const struct efi_map *map, const struct efi_ranges *ranges)
{
    struct memory_map_tag tag = {.tag = {.type = TAG_MEMORY_MAP, .size = sizeof tag},
                                 .entry_size = sizeof(struct memory_entry)};
    const struct efi_memory_descriptor *d;
    uint32_t at = w->used;

    put(w, &tag, sizeof tag);
    for (uint32_t i = 0; i < ranges->count; i++) {
        struct memory_entry entry = {ranges->range[i].base, ranges->range[i].size, MEMORY_USABLE, 0};
        put(w, &entry, sizeof entry);
    }
    for (uint64_t i = 0; (d = efi_map_get(map, i)) != NULL; i++) {
        struct memory_entry entry = {d->physical, d->pages << PAGE_SHIFT, memory_type(d), 0};
        if (entry.type != 0)
            put(w, &entry, sizeof entry);
    }
    tag.tag.size = w->used - at;
    if (!w->full)
        memcpy(w->at + at, &tag, sizeof tag);
    align(w);
}

static void put_framebuffer(struct writer *w, const struct efi_screen *screen)
{
    bool rgb = screen->format == EFI_PIXEL_RGBX;
    struct framebuffer_tag tag = {
        .tag = {.type = TAG_FRAMEBUFFER, .size = FRAMEBUFFER_SIZE},
        .address = screen->address,
        .pitch = screen->stride,
        .width = screen->width,
        .height = screen->height,
        .bpp = 32,
        .type = 1, /* red, green and blue in one pixel */
        .red_position = rgb ? 0 : 16,
        .red_size = 8,
        .green_position = 8,
        .green_size = 8,
        .blue_position = rgb ? 16 : 0,
        .blue_size = 8,
    };

    if (screen->address != 0) {
        put(w, &tag, FRAMEBUFFER_SIZE);
        align(w);
    }
}

/* A copy of the root pointer; the kernel checks its sums. */
static void put_acpi(struct writer *w, const struct efi_loader *loader)
{
    const uint8_t *acpi2 = efi_configuration(loader, &acpi2_guid);
    const uint8_t *acpi = acpi2 != NULL ? acpi2 : efi_configuration(loader, &acpi1_guid);
    uint32_t size = RSDP_SIZE;

    if (acpi == NULL)
        return;
    if (acpi2 != NULL)
        memcpy(&size, acpi2 + RSDP_LENGTH, sizeof size);
    if (size > RSDP_LENGTH_MAX)
        return;
    struct tag tag = {.type = acpi2 != NULL ? TAG_ACPI_NEW : TAG_ACPI_OLD, .size = (uint32_t)sizeof tag + size};
    put(w, &tag, sizeof tag);
    put(w, acpi, size);
    align(w);
}

bool x86_info_write(const struct efi_loader *loader, const struct x86_kernel *kernel, const struct efi_map *map,
                    void *info)
{
    struct writer w = {.at = info, .used = sizeof(struct tag)};
    struct tag end = {.type = TAG_END, .size = sizeof end};
    uint64_t pinned[] = {kernel->start, (uintptr_t)loader->tasks.data, (uintptr_t)info};
    struct efi_ranges ranges;

    efi_ranges_usable(&ranges, map, pinned, ARRAY_LEN(pinned));
    put_string(&w, TAG_CMDLINE, loader->cmdline);
    put_string(&w, TAG_LOADER, "Aegis BOOTX64.EFI");
    put_module(&w, &loader->tasks);
    put_memory_map(&w, map, &ranges);
    put_framebuffer(&w, &loader->screen);
    put_acpi(&w, loader);
    put(&w, &end, sizeof end);
    memcpy(info, &w.used, sizeof w.used);
    memset((uint8_t *)info + sizeof w.used, 0, sizeof w.used);
    return !w.full;
}
