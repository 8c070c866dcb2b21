/* SPDX-License-Identifier: MIT */
/*
 * The boot protocol of Xen's PVH guests, which QEMU speaks to an ELF file with the right note (docs: hvm_start_info).
 */
#include <x86/boot_found.h>

#include <x86/magic.h>

#define INFO_MAGIC 0
#define INFO_VERSION 4
#define INFO_MODULE_COUNT 12
#define INFO_MODULES 16
#define INFO_CMDLINE 24
#define INFO_RSDP 32
#define INFO_MAP 40 /* from version 1 on */
#define INFO_MAP_COUNT 48
#define INFO_SIZE_0 40u
#define INFO_SIZE_1 56u

#define MODULE_START 0
#define MODULE_SIZE 8
#define MODULE_CMDLINE 16
#define MODULE_BYTES 32u

#define MAP_ENTRY_BYTES 24u
#define MAP_ENTRIES_MAX 1024u
#define MODULES_MAX 64u

/* Text ends with a zero, or where memory does. */
static uint64_t text_room(const struct phys_window *memory, paddr_t pa)
{
    uint64_t rest = window_at(memory, pa, 1) != NULL ? memory->size - (pa - memory->base) : 0;

    return rest < BOOT_CMDLINE_MAX ? rest : BOOT_CMDLINE_MAX;
}

static const char *read_modules(const struct phys_window *memory, const uint8_t *info, struct boot_found *out)
{
    uint32_t count = get32(info + INFO_MODULE_COUNT);
    paddr_t at = get64(info + INFO_MODULES);
    const uint8_t *list = window_at(memory, at, (uint64_t)count * MODULE_BYTES);

    if (count == 0)
        return NULL;
    if (list == NULL || count > MODULES_MAX)
        return "boot: truncated PVH module list";
    found_keep(out, at, (uint64_t)count * MODULE_BYTES);
    for (uint32_t i = 0; i < count; i++, list += MODULE_BYTES) {
        paddr_t start = get64(list + MODULE_START), text = get64(list + MODULE_CMDLINE);
        const uint8_t *cmdline = text != 0 ? window_at(memory, text, 1) : NULL;
        found_add_module(out, start, start + get64(list + MODULE_SIZE), cmdline, text_room(memory, text));
    }
    return NULL;
}

static const char *read_map(const struct phys_window *memory, const uint8_t *info, struct boot_found *out)
{
    uint32_t count = get32(info + INFO_MAP_COUNT);
    paddr_t at = get64(info + INFO_MAP);
    const uint8_t *map = window_at(memory, at, (uint64_t)count * MAP_ENTRY_BYTES);

    if (at == 0 || count == 0)
        return "boot: no memory map";
    if (map == NULL || count > MAP_ENTRIES_MAX)
        return "boot: truncated PVH memory map";
    found_keep(out, at, (uint64_t)count * MAP_ENTRY_BYTES);
    ram_read_e820(&out->ram, map, count, MAP_ENTRY_BYTES);
    return NULL;
}

const char *pvh_parse(const struct phys_window *memory, paddr_t at, struct boot_found *out)
{
    const uint8_t *info = window_at(memory, at, INFO_SIZE_0);

    if (info == NULL)
        return "boot: truncated PVH start information";
    if (get32(info + INFO_MAGIC) != BOOT_MAGIC_PVH)
        return "boot: bad magic in the PVH start information";
    if (get32(info + INFO_VERSION) == 0)
        return "boot: no memory map";
    if (window_at(memory, at, INFO_SIZE_1) == NULL)
        return "boot: truncated PVH start information";
    found_keep(out, at, INFO_SIZE_1);
    paddr_t text = get64(info + INFO_CMDLINE);
    if (text != 0 && window_at(memory, text, 1) != NULL)
        found_copy_text(out->cmdline, sizeof out->cmdline, window_at(memory, text, 1), text_room(memory, text));
    out->rsdp = get64(info + INFO_RSDP);
    const char *wrong = read_map(memory, info, out);
    return wrong != NULL ? wrong : read_modules(memory, info, out);
}
