/* SPDX-License-Identifier: MIT */
/* What acpi.c and acpi_tables.c share. */
#pragma once
#include <x86/acpi.h>

#define ACPI_HEADER 36u

/** A table whose length and checksum are right. */
struct acpi_table {
    const uint8_t *at;
    uint32_t len;
};

/** Open the table at `pa`; `signature` NULL: any. False: not all in memory, wrong signature or checksum. */
bool acpi_open(const struct phys_window *memory, paddr_t pa, const char *signature, struct acpi_table *out);
/** Note what is wrong; the first complaint is kept. */
void acpi_complain(struct acpi_info *info, const char *problem);

void acpi_read_madt(const struct phys_window *memory, struct acpi_table table, struct acpi_info *out);
void acpi_read_fadt(const struct phys_window *memory, struct acpi_table table, struct acpi_info *out);
void acpi_read_mcfg(const struct phys_window *memory, struct acpi_table table, struct acpi_info *out);
void acpi_read_hpet(const struct phys_window *memory, struct acpi_table table, struct acpi_info *out);
