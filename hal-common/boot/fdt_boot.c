/* SPDX-License-Identifier: MIT */
#include <common/fdt_boot.h>

#include <abi/status.h>
#include <arch/memory.h>
#include <base/string.h>
#include <common/memmap.h>

status_t fdt_boot_open(const struct boot_info *info, struct fdt *fdt)
{
    return fdt_open(fdt, arch_phys_ptr(info->fdt), info->fdt_size);
}

/* Memory of the secure world is listed too, as disabled. */
static bool is_memory(const struct fdt *fdt, uint32_t node)
{
    const char *text;

    if (!fdt_prop_string(fdt, node, "device_type", &text) || !str_eq(text, "memory"))
        return false;
    return !fdt_prop_string(fdt, node, "status", &text) || str_eq(text, "okay") || str_eq(text, "ok");
}

bool fdt_boot_ram(const struct fdt *fdt, uint32_t index, uint64_t *base, uint64_t *size)
{
    uint32_t node = fdt_node_child(fdt, fdt_root(fdt));

    for (; node != FDT_NONE; node = fdt_node_sibling(fdt, node)) {
        if (!is_memory(fdt, node))
            continue;
        for (uint32_t i = 0; fdt_reg(fdt, node, i, base, size); i++) {
            if (index-- == 0)
                return true;
        }
    }
    return false;
}

void fdt_boot_cmdline(const struct fdt *fdt, char *out, size_t size)
{
    const char *bootargs;

    if (!fdt_prop_string(fdt, fdt_find_path(fdt, "/chosen"), "bootargs", &bootargs))
        return;
    (void)str_copy(out, size, bootargs);
    for (; *out != '\0'; out++) {
        if ((uint8_t)*out < ' ')
            *out = ' ';
    }
}

/* Pixels are 32 bits; other sizes have other names and are not supported. */
static bool has_known_format(const struct fdt *fdt, uint32_t node)
{
    const char *format;

    return fdt_prop_string(fdt, node, "format", &format) && (str_eq(format, "a8r8g8b8") || str_eq(format, "x8r8g8b8"));
}

bool fdt_boot_framebuffer(const struct fdt *fdt, struct boot_framebuffer *out, uint64_t *size)
{
    uint32_t node = fdt_find_compatible(fdt, FDT_NONE, "simple-framebuffer");
    struct boot_framebuffer fb = {.bpp = 32};

    if (!has_known_format(fdt, node) || !fdt_reg(fdt, node, 0, &fb.addr, size) ||
        !fdt_prop_u32(fdt, node, "width", &fb.width) || !fdt_prop_u32(fdt, node, "height", &fb.height) ||
        !fdt_prop_u32(fdt, node, "stride", &fb.pitch) || fb.addr == 0 || (uint64_t)fb.pitch * fb.height > *size)
        return false;
    *out = fb;
    return true;
}

static bool is_ram(uint64_t start, uint64_t end)
{
    uint64_t base, size;

    for (uint32_t i = 0; hal_ram_range(i, &base, &size); i++) {
        if (start - base < size && end - start <= size - (start - base))
            return true;
    }
    return false;
}

status_t fdt_boot_modules(const struct boot_info *info, struct boot_module *modules, uint32_t *count)
{
    struct fdt fdt;
    status_t status = fdt_boot_open(info, &fdt);
    uint32_t room = *count;
    uint64_t start, end;

    *count = 0;
    if (status != STATUS_OK)
        return status;
    uint32_t chosen = fdt_find_path(&fdt, "/chosen");
    if (!fdt_prop_u64(&fdt, chosen, "linux,initrd-start", &start) ||
        !fdt_prop_u64(&fdt, chosen, "linux,initrd-end", &end))
        return STATUS_OK;
    if (start >= end || !is_ram(start, end))
        return ERR_INVALID_ARGS;
    if (room == 0)
        return ERR_OUT_OF_RANGE;
    modules[0] = (struct boot_module){.start = start, .end = end};
    (void)str_copy(modules[0].cmdline, sizeof modules[0].cmdline, "image");
    *count = 1;
    return STATUS_OK;
}

/* What the kernel reaches of it, in whole pages. */
static status_t add_ram(struct memmap *map)
{
    uint64_t base, size;

    for (uint32_t i = 0; hal_ram_range(i, &base, &size); i++) {
        status_t status = memmap_add(map, base, size);
        if (status != STATUS_OK)
            return status;
    }
    return map->count == 0 ? ERR_INVALID_ARGS : STATUS_OK;
}

static status_t reserve_node(struct memmap *map, const struct fdt *fdt, uint32_t node)
{
    uint64_t base, size;

    for (uint32_t i = 0; fdt_reg(fdt, node, i, &base, &size); i++) {
        status_t status = memmap_reserve(map, base, size);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* What the tree itself asks to keep. */
static status_t reserve_named(struct memmap *map, const struct fdt *fdt)
{
    uint64_t base, size;
    status_t status = STATUS_OK;

    for (uint32_t i = 0; status == STATUS_OK && fdt_reservation(fdt, i, &base, &size); i++)
        status = memmap_reserve(map, base, size);
    uint32_t node = fdt_node_child(fdt, fdt_find_path(fdt, "/reserved-memory"));
    for (; status == STATUS_OK && node != FDT_NONE; node = fdt_node_sibling(fdt, node))
        status = reserve_node(map, fdt, node);
    return status;
}

static status_t reserve_modules(struct memmap *map, const struct boot_info *info)
{
    struct boot_module modules[BOOT_MODULES_MAX];
    uint32_t count = BOOT_MODULES_MAX;
    status_t status = fdt_boot_modules(info, modules, &count);

    for (uint32_t i = 0; status == STATUS_OK && i < count; i++)
        status = memmap_reserve(map, modules[i].start, modules[i].end - modules[i].start);
    return status;
}

status_t fdt_boot_memory_map(const struct boot_info *info, struct fdt_boot_kept kept, struct boot_mmap_entry *entries,
                             uint32_t *count)
{
    struct memmap map = {.entry = entries, .room = *count};
    struct fdt fdt;
    status_t status = fdt_boot_open(info, &fdt);

    *count = 0;
    if (status == STATUS_OK)
        status = add_ram(&map);
    if (status == STATUS_OK)
        status = memmap_reserve(&map, kept.start, kept.end - kept.start);
    if (status == STATUS_OK)
        status = memmap_reserve(&map, info->fdt, info->fdt_size);
    if (status == STATUS_OK)
        status = memmap_reserve(&map, info->framebuffer.addr, (uint64_t)info->framebuffer.pitch * info->framebuffer.height);
    if (status == STATUS_OK)
        status = reserve_named(&map, &fdt);
    if (status == STATUS_OK)
        status = reserve_modules(&map, info);
    if (status == STATUS_OK)
        *count = map.count;
    return status;
}
