/* SPDX-License-Identifier: MIT */
/*
 * BOOTX64.EFI: does for the kernel what GRUB does, so that the kernel needs no entry of its own for UEFI: loads the ELF
 * file to its physical addresses, describes the machine in a Multiboot2 information block and enters the Multiboot2
 * entry in 32-bit mode. Multiboot2 and not PVH, because only Multiboot2 can hand over the firmware's screen.
 */
#pragma once
#include <efi/loader.h>

/** Everything the kernel gets lies below 4 GiB: it starts in 32-bit mode. */
#define X86_LIMIT 0x100000000ull

struct x86_kernel {
    uint64_t start, end; /* physical, whole pages */
    uint32_t entry;      /* physical address of the Multiboot2 entry */
};

/** Load an ELF64 file with a Multiboot2 header to where its program headers say; says why if it cannot. */
MUST_CHECK bool x86_kernel_load(const struct efi_loader *loader, const struct efi_blob *file, struct x86_kernel *out);

/** Room for the information block, in bytes. */
#define X86_INFO_SIZE 16384u

/**
 * Write the Multiboot2 information block for this memory map into X86_INFO_SIZE bytes at `info`. False: it does not
 * fit. Works after boot services have ended.
 */
MUST_CHECK bool x86_info_write(const struct efi_loader *loader, const struct x86_kernel *kernel,
                               const struct efi_map *map, void *info);

/** Position-independent code that leaves long mode; copied below 4 GiB and called there, identity-mapped. */
extern const uint8_t x86_enter[], x86_enter_end[];
/** Does not return. */
typedef void x86_enter_fn(uint64_t entry, uint64_t info);
