/* SPDX-License-Identifier: MIT */
/*
 * What a PC's firmware and boot loaders hand over: PVH, Multiboot2, ACPI, AML. The first byte of the input chooses;
 * the rest is memory at BASE, where the parameters begin. Every checksum of ACPI is put right first: what a wrong one
 * does is tested elsewhere, and no fuzzer finds the right ones.
 */
#include <string.h>

#include <x86/acpi.h>
#include <x86/boot_found.h>

#include "check.h"

#define BASE 0x10000u
#define SIZE_MAX_INPUT 4096u
#define HEADER 36u
#define ENTRIES_MAX 16u

enum { PVH, MULTIBOOT2, ACPI, AML, KINDS };

/* -- What must hold of every result -- */

static void check_ram(const struct ram *ram)
{
    REQUIRE(ram->count <= RAM_RANGES_MAX, "there are no more ranges than there is room for");
    for (uint32_t i = 0; i < ram->count; i++) {
        const struct ram_range *r = &ram->range[i];
        REQUIRE(r->base < r->end && r->end <= RAM_END, "a range has a length and lies in the direct map");
        REQUIRE(r->base % PAGE_SIZE == 0 && r->end % PAGE_SIZE == 0, "a range is made of pages");
        REQUIRE(i == 0 || ram->range[i - 1].end < r->base, "ranges are sorted and do not touch");
    }
}

static void check_name(const struct boot_module *module)
{
    REQUIRE(module->cmdline[0] != '\0', "a module has a name");
    REQUIRE(memchr(module->cmdline, '\0', sizeof module->cmdline) != NULL, "a module's name ends");
}

static void check_found(const struct boot_found *found)
{
    check_ram(&found->ram);
    REQUIRE(memchr(found->cmdline, '\0', sizeof found->cmdline) != NULL, "the command line ends");
    for (const char *p = found->cmdline; *p != '\0'; p++)
        REQUIRE((uint8_t)*p >= ' ', "the command line has no control characters");
    REQUIRE(found->module_count <= BOOT_MODULES_MAX && found->kept_count <= BOOT_KEPT_MAX, "arrays have their bounds");
    for (uint32_t i = 0; i < found->module_count; i++)
        check_name(&found->module[i]);
    if (found->framebuffer.addr != 0)
        REQUIRE(found->framebuffer.bpp == 32 && found->framebuffer.pitch >= found->framebuffer.width * 4 &&
                    (uint64_t)found->framebuffer.pitch * found->framebuffer.height <= UINT64_C(1) << 34,
                "a framebuffer has a sensible size");
}

static void check_acpi(const struct acpi_info *info)
{
    REQUIRE(info->ioapic_count >= 1 && info->ioapic_count <= ACPI_IOAPICS_MAX,
            "there is an I/O APIC, but not too many");
    for (uint32_t i = 0; i < info->cpu_count && i < ACPI_CPUS_MAX; i++) {
        for (uint32_t k = 0; k < i; k++)
            REQUIRE(info->apic_id[i] != info->apic_id[k], "a CPU is counted once");
    }
    REQUIRE(info->ecam_first_bus <= info->ecam_last_bus && info->ecam_last_bus < 256,
            "buses are numbered within bounds");
    REQUIRE(info->s5_a < 8 && info->s5_b < 8, "a sleep type has three bits");
    REQUIRE(info->pm1a_control.space != ACPI_SPACE_IO || info->pm1a_control.address < 0x10000, "a port is one");
}

/* -- Checksums -- */

static void fix_sum(uint8_t *p, uint32_t len, uint32_t field)
{
    uint8_t sum = 0;

    p[field] = 0;
    for (uint32_t i = 0; i < len; i++)
        sum = (uint8_t)(sum + p[i]);
    p[field] = (uint8_t)(0x100 - sum);
}

static void fix_table(uint8_t *memory, uint32_t size, uint64_t address)
{
    uint64_t at = address - BASE;

    if (address < BASE || at + HEADER > size)
        return;
    uint32_t len = get32(memory + at + 4);
    if (len >= HEADER && len <= size - at)
        fix_sum(memory + at, len, 9);
}

static void fix_root_table(uint8_t *memory, uint32_t size, uint64_t address, uint32_t entry)
{
    uint64_t at = address - BASE;

    if (address < BASE || at + HEADER > size)
        return;
    for (uint32_t i = 0; i < ENTRIES_MAX && at + HEADER + (i + 1) * entry <= size; i++) {
        const uint8_t *p = memory + at + HEADER + i * entry;
        uint64_t table = entry == 8 ? get64(p) : get32(p);
        if (table >= BASE && table - BASE + 44 <= size && memcmp(memory + (table - BASE), "FACP", 4) == 0)
            fix_table(memory, size, get32(memory + (table - BASE) + 40));
        fix_table(memory, size, table);
    }
    fix_table(memory, size, address);
}

static void fix_acpi(uint8_t *memory, uint32_t size)
{
    if (size < HEADER)
        return;
    memcpy(memory, "RSD PTR ", 8);
    fix_root_table(memory, size, get64(memory + 24), 8);
    fix_root_table(memory, size, get32(memory + 16), 4);
    fix_sum(memory, 20, 8);
    if (get32(memory + 20) >= HEADER && get32(memory + 20) <= size)
        fix_sum(memory, get32(memory + 20), 32);
}

/* -- */

static void try_kind(uint32_t kind, uint8_t *memory, uint32_t size)
{
    struct phys_window window = {memory, BASE, size};
    struct boot_found found = {.rsdp = 0, .ram.claimed_limit = 0xFEC00000};
    struct acpi_info info = {.found = false};
    uint8_t a = 0, b = 0;

    switch (kind) {
    case PVH:
        (void)pvh_parse(&window, BASE, &found);
        check_found(&found);
        break;
    case MULTIBOOT2:
        (void)multiboot2_parse(&window, BASE, &found);
        check_found(&found);
        break;
    case ACPI:
        fix_acpi(memory, size);
        acpi_parse(&window, BASE, &info);
        check_acpi(&info);
        break;
    default:
        REQUIRE(!acpi_find_s5(memory, size, &a, &b) || (a < 8 && b < 8), "a sleep type has three bits");
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > SIZE_MAX_INPUT)
        return 0;
    uint8_t *memory = malloc(size > 1 ? size - 1 : 1); /* exactly what there is: every access behind it is seen */
    if (memory == NULL)
        return 0;
    memcpy(memory, data + 1, size - 1);
    try_kind(data[0] % KINDS, memory, (uint32_t)size - 1);
    free(memory);
    return 0;
}
