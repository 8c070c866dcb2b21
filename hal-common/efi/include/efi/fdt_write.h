/* SPDX-License-Identifier: MIT */
/* Copies a device tree and puts in what a boot loader has to say. Pure. */
#pragma once
#include <base/compiler.h>
#include <base/fdt.h>
#include <efi/loader.h>
#include <efi/ranges.h>

struct efi_fdt_edit {
    const char *bootargs;           /* takes the place of /chosen bootargs */
    uint64_t initrd_start, initrd_end; /* likewise; physical addresses */
    const struct efi_ranges *ram;   /* takes the place of all memory nodes */
    const struct efi_screen *screen; /* becomes a simple-framebuffer node if it has an address */
};

/** A copy takes at most this much more than the original: the command line, a memory node, a screen, their names. */
#define EFI_FDT_ROOM 4096u

/**
 * Write a copy of `from` with these changes into `size` bytes at `out`, 8-byte aligned. Errors: OUT_OF_RANGE it does not fit;
 * INVALID_ARGS the root's cells are not ones that can hold an address.
 */
MUST_CHECK status_t efi_fdt_write(const struct fdt *from, const struct efi_fdt_edit *edit, void *out, uint32_t size);
