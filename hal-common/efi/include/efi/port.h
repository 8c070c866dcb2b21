/* SPDX-License-Identifier: MIT */
/* What the EFI stub of a machine with device trees needs of its ISA. */
#pragma once
#include <base/compiler.h>
#include <base/fdt.h>
#include <efi/loader.h>

/** What the kernel's entry wants to know of the boot CPU besides the tree; false after a message. Boot services. */
MUST_CHECK bool efi_port_boot_cpu(const struct efi_loader *loader, const struct fdt *fdt, uint64_t *cpu);
/** Write [start, start + size) back from the caches, so that it can be read and run with caches off. */
void efi_port_clean(const void *start, uint64_t size);
/** Interrupts, MMU and caches off; on at the kernel's entry as in a direct boot. Boot services have ended. */
NORETURN void efi_port_enter(uint64_t entry, uint64_t fdt, uint64_t cpu);

/**
 * Steps in which the kernel can lie elsewhere than at ARCH_KERNEL_LOAD, in bytes, not across a multiple of
 * EFI_PORT_BOUNDARY; 0: it cannot.
 */
uint64_t efi_port_step(void);
#define EFI_PORT_BOUNDARY (1ull << 30)

/** The kernel that the stub is part of, wherever it was loaded: from the linker script, reached relative to the code. */
extern const uint8_t image_start[] __attribute__((visibility("hidden")));
extern const uint8_t image_end[] __attribute__((visibility("hidden")));
