/* SPDX-License-Identifier: MIT */
/*
 * What this HAL reads from ACPI: which CPUs and interrupt controllers there are, clocks, PCI configuration, how to
 * switch off and reset. The tables are untrusted: every access is bounded, a table with a bad checksum does not exist.
 * Pure.
 */
#pragma once
#include <x86/bytes.h>

#define ACPI_CPUS_MAX 64u
#define ACPI_IOAPICS_MAX 4u
#define ACPI_ISA_IRQS 16u

enum acpi_space { ACPI_SPACE_MEMORY = 0, ACPI_SPACE_IO = 1, ACPI_SPACE_PCI = 2 };

/** A register anywhere. address 0: there is none. */
struct acpi_register {
    uint8_t space; /* enum acpi_space */
    uint64_t address;
};

struct acpi_ioapic {
    paddr_t address;
    uint32_t first_gsi;
};

/** Where an ISA interrupt line goes. */
struct acpi_line {
    uint32_t gsi;
    bool active_low;
};

struct acpi_info {
    bool found; /* a root table that can be read */
    const char *problem; /* the first thing wrong with a table, or NULL */
    uint32_t tables;     /* a bit for each kind of table seen; a second one of a kind is ignored */

    /* MADT */
    uint32_t cpu_count; /* usable CPUs; only the first ACPI_CPUS_MAX are in apic_id[] */
    uint32_t apic_id[ACPI_CPUS_MAX];
    struct acpi_ioapic ioapic[ACPI_IOAPICS_MAX];
    uint32_t ioapic_count;
    struct acpi_line isa[ACPI_ISA_IRQS];

    /* FADT */
    struct acpi_register pm1a_control, pm1b_control; /* 16 bits each */
    struct acpi_register sleep_control;              /* machines without the two */
    struct acpi_register pm_timer;
    bool pm_timer_32bit; /* else 24 */
    uint32_t smi_command;
    uint8_t acpi_enable; /* what turns ACPI mode on, written to that port; 0: nothing */
    struct acpi_register reset;
    uint8_t reset_value;
    uint8_t century; /* CMOS register; 0: none */
    uint8_t s5_a, s5_b; /* sleep type of "off" */

    /* MCFG, segment 0 */
    paddr_t ecam; /* of bus 0; 0: none */
    uint32_t ecam_first_bus, ecam_last_bus;

    paddr_t hpet; /* 0: none */
};

/**
 * Read everything that the root pointer at `rsdp` leads to; 0: nothing. What is missing keeps its usual value on a PC.
 */
void acpi_parse(const struct phys_window *memory, paddr_t rsdp, struct acpi_info *out);
/** Look for a root pointer in [start, end), as on a PC without other means. 0: none. */
paddr_t acpi_scan(const struct phys_window *memory, paddr_t start, paddr_t end);
/** Is there a sound root pointer? */
bool acpi_is_root(const struct phys_window *memory, paddr_t rsdp);
/** Find the package _S5_ in AML code, bounded; false: not there, or not made of two numbers. */
bool acpi_find_s5(const uint8_t *aml, uint64_t len, uint8_t *a, uint8_t *b);
