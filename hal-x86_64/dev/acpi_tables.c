/* SPDX-License-Identifier: MIT */
/* What is inside the tables. A field behind the end of a table reads as 0: older revisions are shorter. */
#include <base/mem.h>

#include "acpi_priv.h"

static uint32_t field(struct acpi_table table, uint32_t offset, uint32_t size)
{
    if (offset + size > table.len)
        return 0;
    return size == 1 ? table.at[offset] : size == 2 ? get16(table.at + offset) : get32(table.at + offset);
}

static uint64_t field64(struct acpi_table table, uint32_t offset)
{
    return offset + 8 <= table.len ? get64(table.at + offset) : 0;
}

/* -- MADT: CPUs and interrupt controllers -- */

enum { MADT_LAPIC = 0, MADT_IOAPIC = 1, MADT_OVERRIDE = 2, MADT_X2APIC = 9 };

#define MADT_ENTRIES 44u
#define CPU_ENABLED 1u
#define APIC_ID_MAX 254u /* 255 is everybody */
#define POLARITY_MASK 3u
#define POLARITY_LOW 3u

static void add_cpu(struct acpi_info *out, uint32_t apic_id, uint32_t flags)
{
    if ((flags & CPU_ENABLED) == 0 || apic_id > APIC_ID_MAX)
        return;
    for (uint32_t i = 0; i < out->cpu_count && i < ACPI_CPUS_MAX; i++) {
        if (out->apic_id[i] == apic_id)
            return;
    }
    if (out->cpu_count < ACPI_CPUS_MAX)
        out->apic_id[out->cpu_count] = apic_id;
    out->cpu_count++;
}

static void add_ioapic(struct acpi_info *out, const uint8_t *entry)
{
    if (out->ioapic_count < ACPI_IOAPICS_MAX)
        out->ioapic[out->ioapic_count++] = (struct acpi_ioapic){get32(entry + 4), get32(entry + 8)};
}

static void read_override(struct acpi_info *out, const uint8_t *entry)
{
    if (entry[2] == 0 && entry[3] < ACPI_ISA_IRQS) /* bus 0: ISA */
        out->isa[entry[3]] = (struct acpi_line){get32(entry + 4), (get16(entry + 8) & POLARITY_MASK) == POLARITY_LOW};
}

static void read_madt_entry(struct acpi_info *out, const uint8_t *entry, uint32_t len)
{
    if (entry[0] == MADT_LAPIC && len >= 8)
        add_cpu(out, entry[3], get32(entry + 4));
    else if (entry[0] == MADT_X2APIC && len >= 16)
        add_cpu(out, get32(entry + 4), get32(entry + 8));
    else if (entry[0] == MADT_IOAPIC && len >= 12)
        add_ioapic(out, entry);
    else if (entry[0] == MADT_OVERRIDE && len >= 10)
        read_override(out, entry);
}

void acpi_read_madt(const struct phys_window *memory, struct acpi_table table, struct acpi_info *out)
{
    (void)memory;
    if (table.len < MADT_ENTRIES) {
        acpi_complain(out, "MADT truncated or its checksum wrong");
        return;
    }
    for (uint32_t pos = MADT_ENTRIES; table.len - pos >= 2;) {
        uint32_t len = table.at[pos + 1];
        if (len < 2 || len > table.len - pos) {
            acpi_complain(out, "MADT entry truncated");
            return;
        }
        read_madt_entry(out, table.at + pos, len);
        pos += len;
    }
}

/* -- FADT: fixed registers -- */

#define FADT_DSDT 40
#define FADT_SMI_COMMAND 48
#define FADT_ACPI_ENABLE 52
#define FADT_PM1A_CONTROL 64
#define FADT_PM1B_CONTROL 68
#define FADT_PM_TIMER 76
#define FADT_CENTURY 108
#define FADT_FLAGS 112
#define FADT_RESET 116
#define FADT_RESET_VALUE 128
#define FADT_X_DSDT 140
#define FADT_X_PM1A_CONTROL 172
#define FADT_X_PM1B_CONTROL 184
#define FADT_X_PM_TIMER 208
#define FADT_SLEEP_CONTROL 244
#define FLAG_TIMER_32BIT (1u << 8)
#define FLAG_RESET (1u << 10)
#define FLAG_REDUCED (1u << 20) /* no PM1 registers */
#define PORT_END 0x10000u

/* A generic address structure: space, width, offset, access size, address. */
static struct acpi_register generic(struct acpi_table table, uint32_t offset)
{
    struct acpi_register r = {(uint8_t)field(table, offset, 1), field64(table, offset + 4)};

    if (r.space > ACPI_SPACE_PCI || (r.space == ACPI_SPACE_IO && r.address >= PORT_END))
        r = (struct acpi_register){.space = ACPI_SPACE_IO};
    return r;
}

/* The extended field where it is filled in, else the port. */
static struct acpi_register either(struct acpi_table table, uint32_t extended, uint32_t port)
{
    struct acpi_register r = generic(table, extended);
    uint32_t legacy = field(table, port, 4);

    if (r.address == 0 && legacy < PORT_END)
        r = (struct acpi_register){ACPI_SPACE_IO, legacy};
    return r;
}

static void read_s5(const struct phys_window *memory, struct acpi_table fadt, struct acpi_info *out)
{
    struct acpi_table dsdt;
    paddr_t extended = field64(fadt, FADT_X_DSDT), at = extended != 0 ? extended : field(fadt, FADT_DSDT, 4);

    if (!acpi_open(memory, at, "DSDT", &dsdt))
        acpi_complain(out, "DSDT truncated or its checksum wrong");
    else
        (void)acpi_find_s5(dsdt.at + ACPI_HEADER, dsdt.len - ACPI_HEADER, &out->s5_a, &out->s5_b);
}

void acpi_read_fadt(const struct phys_window *memory, struct acpi_table table, struct acpi_info *out)
{
    uint32_t flags = field(table, FADT_FLAGS, 4);

    out->century = (uint8_t)field(table, FADT_CENTURY, 1);
    out->pm_timer = either(table, FADT_X_PM_TIMER, FADT_PM_TIMER);
    out->pm_timer_32bit = (flags & FLAG_TIMER_32BIT) != 0;
    if (flags & FLAG_REDUCED) {
        out->sleep_control = generic(table, FADT_SLEEP_CONTROL);
    } else {
        out->pm1a_control = either(table, FADT_X_PM1A_CONTROL, FADT_PM1A_CONTROL);
        out->pm1b_control = either(table, FADT_X_PM1B_CONTROL, FADT_PM1B_CONTROL);
        out->smi_command = field(table, FADT_SMI_COMMAND, 4);
        out->acpi_enable = (uint8_t)field(table, FADT_ACPI_ENABLE, 1);
    }
    if (flags & FLAG_RESET) {
        out->reset = generic(table, FADT_RESET);
        out->reset_value = (uint8_t)field(table, FADT_RESET_VALUE, 1);
    }
    read_s5(memory, table, out);
}

/* -- AML: Name (_S5_, Package () {a, b, ...}) -- */

#define AML_ZERO 0x00
#define AML_ONE 0x01
#define AML_NAME 0x08
#define AML_BYTE 0x0A
#define AML_PACKAGE 0x12
#define AML_ROOT '\\'
#define SLEEP_TYPE_MAX 7u

/* One small number at *pos; false: something else. */
static bool aml_number(const uint8_t *aml, uint64_t len, uint64_t *pos, uint8_t *out)
{
    if (*pos < len && (aml[*pos] == AML_ZERO || aml[*pos] == AML_ONE)) {
        *out = aml[(*pos)++];
        return true;
    }
    if (*pos + 1 >= len || aml[*pos] != AML_BYTE || aml[*pos + 1] > SLEEP_TYPE_MAX)
        return false;
    *out = aml[*pos + 1];
    *pos += 2;
    return true;
}

bool acpi_find_s5(const uint8_t *aml, uint64_t len, uint8_t *a, uint8_t *b)
{
    for (uint64_t i = 1; i + 4 < len; i++) {
        bool named = aml[i - 1] == AML_NAME || (i > 1 && aml[i - 1] == AML_ROOT && aml[i - 2] == AML_NAME);
        if (!named || memcmp(aml + i, "_S5_", 4) != 0 || aml[i + 4] != AML_PACKAGE || i + 5 >= len)
            continue;
        uint64_t pos = i + 5;
        uint8_t first, second;
        pos += 1u + (aml[pos] >> 6); /* the package's length: the first byte says how many follow */
        pos += 1u;                   /* how many elements */
        if (!aml_number(aml, len, &pos, &first) || !aml_number(aml, len, &pos, &second))
            continue;
        *a = first;
        *b = second;
        return true;
    }
    return false;
}

/* -- MCFG, HPET -- */

#define MCFG_ENTRIES 44u
#define MCFG_ENTRY 16u
#define MCFG_ALIGN (1u << 20) /* a bus */
#define HPET_ADDRESS 40u      /* a generic address structure */

void acpi_read_mcfg(const struct phys_window *memory, struct acpi_table table, struct acpi_info *out)
{
    (void)memory;
    for (uint32_t pos = MCFG_ENTRIES; pos + MCFG_ENTRY <= table.len; pos += MCFG_ENTRY) {
        const uint8_t *e = table.at + pos;
        if (get16(e + 8) != 0 || get64(e) == 0 || get64(e) % MCFG_ALIGN != 0 || e[11] < e[10])
            continue; /* another segment, or nonsense */
        out->ecam = get64(e);
        out->ecam_first_bus = e[10];
        out->ecam_last_bus = e[11];
        return;
    }
}

void acpi_read_hpet(const struct phys_window *memory, struct acpi_table table, struct acpi_info *out)
{
    struct acpi_register r = generic(table, HPET_ADDRESS);

    (void)memory;
    if (r.space == ACPI_SPACE_MEMORY)
        out->hpet = r.address;
}
