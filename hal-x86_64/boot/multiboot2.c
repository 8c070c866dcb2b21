/* SPDX-License-Identifier: MIT */
/* The tags that a Multiboot2 loader (GRUB) leaves behind. */
#include <x86/boot_found.h>

#include <base/mem.h>

#define INFO_HEADER 8u /* total size, a reserved word */
#define TAG_HEADER 8u  /* type, size */
#define TAG_ALIGN 8u

enum tag_type {
    TAG_END = 0,
    TAG_CMDLINE = 1,
    TAG_MODULE = 3,
    TAG_MAP = 6,
    TAG_FRAMEBUFFER = 8,
    TAG_RSDP_1 = 14,
    TAG_RSDP_2 = 15,
    TAG_EFI_MAP = 17,
};

#define MODULE_TEXT 16u
#define MAP_ENTRIES 16u
#define MAP_ENTRY_MIN 24u
#define EFI_ENTRY_MIN 40u
#define RSDP_1_BYTES 20u
#define RSDP_2_BYTES 36u
#define FRAMEBUFFER_BYTES 38u
#define FRAMEBUFFER_RGB 1u
#define FRAMEBUFFER_MAX 0x10000u /* pixels a side; keeps sizes far from overflow */

struct tag {
    uint32_t type, size;
    const uint8_t *at;
    paddr_t pa;
};

/* Where the colours lie: 8 bits each, blue lowest; what core's renderer draws. */
static bool is_xrgb(const uint8_t *colours)
{
    static const uint8_t xrgb[] = {16, 8, 8, 8, 0, 8};

    return memcmp(colours, xrgb, sizeof xrgb) == 0;
}

static void read_framebuffer(const struct tag *tag, struct boot_found *out)
{
    const uint8_t *p = tag->at;

    if (tag->size < FRAMEBUFFER_BYTES)
        return;
    struct boot_framebuffer fb = {
        .addr = get64(p + 8), .pitch = get32(p + 16), .width = get32(p + 20), .height = get32(p + 24), .bpp = p[28]};
    if (p[29] != FRAMEBUFFER_RGB || fb.bpp != 32 || !is_xrgb(p + 32) || fb.addr == 0 || fb.addr >= RAM_END)
        return;
    if (fb.width == 0 || fb.height == 0 || fb.width > FRAMEBUFFER_MAX || fb.height > FRAMEBUFFER_MAX ||
        fb.pitch < fb.width * 4 || fb.pitch > 4 * FRAMEBUFFER_MAX)
        return;
    out->framebuffer = fb;
}

struct maps {
    struct tag e820, efi; /* type 0: not given */
};

static const char *read_tag(const struct tag *tag, struct boot_found *out, struct maps *maps)
{
    switch (tag->type) {
    case TAG_CMDLINE:
        found_copy_text(out->cmdline, sizeof out->cmdline, tag->at + TAG_HEADER, tag->size - TAG_HEADER);
        break;
    case TAG_MODULE:
        if (tag->size < MODULE_TEXT)
            return "boot: truncated Multiboot2 module";
        found_add_module(out, get32(tag->at + 8), get32(tag->at + 12), tag->at + MODULE_TEXT, tag->size - MODULE_TEXT);
        break;
    case TAG_MAP:
        maps->e820 = *tag;
        break;
    case TAG_EFI_MAP:
        maps->efi = *tag;
        break;
    case TAG_FRAMEBUFFER:
        read_framebuffer(tag, out);
        break;
    case TAG_RSDP_1:
        if (tag->size >= TAG_HEADER + RSDP_1_BYTES && out->rsdp == 0)
            out->rsdp = tag->pa + TAG_HEADER;
        break;
    case TAG_RSDP_2:
        if (tag->size >= TAG_HEADER + RSDP_2_BYTES)
            out->rsdp = tag->pa + TAG_HEADER;
        break;
    default:
        break;
    }
    return NULL;
}

/* The loader's own map, which knows the loader's traces too; else the firmware's. */
static const char *read_maps(const struct maps *maps, struct boot_found *out)
{
    const struct tag *tag = maps->e820.type != 0 ? &maps->e820 : &maps->efi;
    uint32_t least = tag->type == TAG_MAP ? MAP_ENTRY_MIN : EFI_ENTRY_MIN;

    if (tag->type == 0)
        return "boot: no memory map";
    if (tag->size < MAP_ENTRIES || get32(tag->at + 8) < least)
        return "boot: truncated Multiboot2 memory map";
    uint32_t stride = get32(tag->at + 8), count = (tag->size - MAP_ENTRIES) / stride;
    if (tag->type == TAG_MAP)
        ram_read_e820(&out->ram, tag->at + MAP_ENTRIES, count, stride);
    else
        ram_read_efi(&out->ram, tag->at + MAP_ENTRIES, count, stride);
    return NULL;
}

const char *multiboot2_parse(const struct phys_window *memory, paddr_t info, struct boot_found *out)
{
    static const char truncated[] = "boot: truncated Multiboot2 information";
    const uint8_t *header = info % TAG_ALIGN == 0 ? window_at(memory, info, INFO_HEADER) : NULL;
    uint32_t total = header != NULL ? get32(header) : 0;
    struct maps maps = {.e820.type = 0};

    if (total < INFO_HEADER || window_at(memory, info, total) == NULL)
        return truncated;
    found_keep(out, info, total);
    for (uint32_t pos = INFO_HEADER; total - pos >= TAG_HEADER;) {
        struct tag tag = {get32(header + pos), get32(header + pos + 4), header + pos, info + pos};
        if (tag.size < TAG_HEADER || tag.size > total - pos)
            return truncated;
        if (tag.type == TAG_END)
            return read_maps(&maps, out);
        const char *wrong = read_tag(&tag, out, &maps);
        uint32_t step = (tag.size + TAG_ALIGN - 1) / TAG_ALIGN * TAG_ALIGN;
        if (wrong != NULL || step > total - pos)
            return wrong != NULL ? wrong : truncated;
        pos += step;
    }
    return truncated;
}
