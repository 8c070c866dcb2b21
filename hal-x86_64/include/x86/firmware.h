/* SPDX-License-Identifier: MIT */
#pragma once
#include <x86/acpi.h>

/** What ACPI says; the usual PC where it says nothing. [I] after firmware_init(). */
extern struct acpi_info firmware_acpi;

/**
 * Read the tables; `rsdp` 0: look for them where a BIOS puts them. Boot context, all memory below 4 GiB in `memory`.
 */
void firmware_init(const struct phys_window *memory, paddr_t rsdp);
/** Make the CPUs known: the executing one is number 0. Says so if there are more than supported. */
void firmware_add_cpus(void);
