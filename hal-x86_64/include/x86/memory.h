/* SPDX-License-Identifier: MIT */
#pragma once
#include <x86/boot_found.h>

/**
 * Make the kernel half from what the boot protocol and ACPI said, and run on it. `found` must stay; its framebuffer is
 * forgotten if it cannot be one. Boot context. Panics with a named message.
 */
void memory_init(struct boot_found *found);
/** A page of RAM below 1 MiB, reserved for ever, where other CPUs can start; 0: there is none. After memory_init(). */
paddr_t memory_trampoline_page(void);
