/* SPDX-License-Identifier: MIT */
/* ACPI: from the root pointer to the tables. What is inside them is in acpi_tables.c. */
#include <base/mem.h>

#include "acpi_priv.h"

#define RSDP_BYTES_1 20u
#define RSDP_BYTES_2 36u
#define RSDP_REVISION 15
#define RSDP_RSDT 16
#define RSDP_LENGTH 20
#define RSDP_XSDT 24
#define SCAN_STEP 16u

#define TABLE_LENGTH 4
#define TABLE_MAX (4u << 20)
#define TABLES_MAX 128u

#define IOAPIC_USUAL 0xFEC00000u

static bool sums_to_zero(const uint8_t *p, uint64_t len)
{
    uint8_t sum = 0;

    for (uint64_t i = 0; i < len; i++)
        sum = (uint8_t)(sum + p[i]);
    return sum == 0;
}

void acpi_complain(struct acpi_info *info, const char *problem)
{
    if (info->problem == NULL)
        info->problem = problem;
}

/* The root pointer in full, or NULL; *revision_2: it has the 64-bit half. */
static const uint8_t *root_pointer(const struct phys_window *memory, paddr_t pa, bool *revision_2)
{
    const uint8_t *p = window_at(memory, pa, RSDP_BYTES_1);

    *revision_2 = false;
    if (p == NULL || memcmp(p, "RSD PTR ", 8) != 0 || !sums_to_zero(p, RSDP_BYTES_1))
        return NULL;
    if (p[RSDP_REVISION] >= 2 && window_at(memory, pa, RSDP_BYTES_2) != NULL) {
        uint32_t len = get32(p + RSDP_LENGTH);
        *revision_2 =
            len >= RSDP_BYTES_2 && len <= PAGE_SIZE && window_at(memory, pa, len) != NULL && sums_to_zero(p, len);
    }
    return p;
}

bool acpi_is_root(const struct phys_window *memory, paddr_t rsdp)
{
    bool revision_2;

    return root_pointer(memory, rsdp, &revision_2) != NULL;
}

paddr_t acpi_scan(const struct phys_window *memory, paddr_t start, paddr_t end)
{
    for (paddr_t pa = start; pa < end; pa += SCAN_STEP) {
        if (acpi_is_root(memory, pa))
            return pa;
    }
    return 0;
}

bool acpi_open(const struct phys_window *memory, paddr_t pa, const char *signature, struct acpi_table *out)
{
    const uint8_t *p = window_at(memory, pa, ACPI_HEADER);
    uint32_t len = p != NULL ? get32(p + TABLE_LENGTH) : 0;

    if (len < ACPI_HEADER || len > TABLE_MAX || window_at(memory, pa, len) == NULL)
        return false;
    if ((signature != NULL && memcmp(p, signature, 4) != 0) || !sums_to_zero(p, len))
        return false;
    *out = (struct acpi_table){p, len};
    return true;
}

/* Before the checksum: a damaged table is told by its name. */
static bool has_signature(const struct phys_window *memory, paddr_t pa, const char *signature)
{
    const uint8_t *p = window_at(memory, pa, 4);

    return p != NULL && memcmp(p, signature, 4) == 0;
}

static void read_table(const struct phys_window *memory, paddr_t pa, struct acpi_info *out)
{
    static const struct {
        const char *signature, *problem;
        void (*read)(const struct phys_window *memory, struct acpi_table table, struct acpi_info *out);
    } known[] = {
        {"APIC", "MADT truncated or its checksum wrong", acpi_read_madt},
        {"FACP", "FADT truncated or its checksum wrong", acpi_read_fadt},
        {"MCFG", "MCFG truncated or its checksum wrong", acpi_read_mcfg},
        {"HPET", "HPET table truncated or its checksum wrong", acpi_read_hpet},
    };
    struct acpi_table table;

    for (uint32_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!has_signature(memory, pa, known[i].signature) || (out->tables >> i & 1u) != 0)
            continue;
        out->tables |= 1u << i;
        if (acpi_open(memory, pa, known[i].signature, &table))
            known[i].read(memory, table, out);
        else
            acpi_complain(out, known[i].problem);
    }
}

static void read_root(const struct phys_window *memory, struct acpi_table root, uint32_t entry, struct acpi_info *out)
{
    uint32_t count = (root.len - ACPI_HEADER) / entry;

    out->found = true;
    if (count > TABLES_MAX) {
        acpi_complain(out, "more tables than supported");
        count = TABLES_MAX;
    }
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *p = root.at + ACPI_HEADER + i * entry;
        read_table(memory, entry == 8 ? get64(p) : get32(p), out);
    }
}

static void set_usual(struct acpi_info *out)
{
    *out = (struct acpi_info){.found = false};
    for (uint32_t i = 0; i < ACPI_ISA_IRQS; i++)
        out->isa[i].gsi = i;
}

void acpi_parse(const struct phys_window *memory, paddr_t rsdp, struct acpi_info *out)
{
    bool revision_2;
    const uint8_t *p = rsdp != 0 ? root_pointer(memory, rsdp, &revision_2) : NULL;
    struct acpi_table root;

    set_usual(out);
    if (p != NULL && revision_2 && acpi_open(memory, get64(p + RSDP_XSDT), "XSDT", &root))
        read_root(memory, root, 8, out);
    else if (p != NULL && acpi_open(memory, get32(p + RSDP_RSDT), "RSDT", &root))
        read_root(memory, root, 4, out);
    else if (rsdp != 0)
        acpi_complain(out, p == NULL ? "bad root pointer" : "root table truncated or its checksum wrong");
    if (out->ioapic_count == 0)
        out->ioapic[out->ioapic_count++] = (struct acpi_ioapic){IOAPIC_USUAL, 0};
}
