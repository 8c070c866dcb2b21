/* SPDX-License-Identifier: MIT */
/* Booting with a flattened device tree: what the HALs of such machines read from it. The tree is untrusted. */
#pragma once
#include <arch/boot.h>
#include <base/fdt.h>

/** Memory that is neither in the tree nor usable: the kernel image, boot data. */
struct fdt_boot_kept {
    paddr_t start, end;
};

/** Open the tree that the boot protocol handed over. Errors: FDT_*. */
MUST_CHECK status_t fdt_boot_open(const struct boot_info *info, struct fdt *fdt);
/** RAM range `index` of all memory nodes; false behind the last. */
bool fdt_boot_ram(const struct fdt *fdt, uint32_t index, uint64_t *base, uint64_t *size);
/**
 * Range `index` of the RAM that the kernel reaches, sorted by address; false behind the last. The HAL's own: what
 * hal_map_add_ram() was told, or all that a simulated machine has.
 */
bool hal_ram_range(uint32_t index, uint64_t *base, uint64_t *size);
/** Copy the command line, cut to the room there is; control characters become spaces. */
void fdt_boot_cmdline(const struct fdt *fdt, char *out, size_t size);
/** The screen that the firmware has set up; `size`: bytes of its memory. False: none, or none that can be used. */
bool fdt_boot_framebuffer(const struct fdt *fdt, struct boot_framebuffer *out, uint64_t *size);
/**
 * See arch_parse_memory_map(). RAM is what hal_ram_range() says; the tree, modules, the tree's reservations and `kept` are cut
 * out.
 */
MUST_CHECK status_t fdt_boot_memory_map(const struct boot_info *info, struct fdt_boot_kept kept, struct boot_mmap_entry *map,
                                        uint32_t *count);
/** See arch_parse_modules(). A module must lie in one of hal_ram_range(). */
MUST_CHECK status_t fdt_boot_modules(const struct boot_info *info, struct boot_module *modules, uint32_t *count);
