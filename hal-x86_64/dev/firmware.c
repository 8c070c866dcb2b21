/* SPDX-License-Identifier: MIT */
#include <x86/firmware.h>

#include <abi/status.h>
#include <arch/boot.h>
#include <arch/discovery.h>
#include <base/format.h>
#include <common/cpu.h>
#include <x86/memory.h>

#define BIOS_START 0xE0000u
#define BIOS_END 0x100000u
#define EBDA_SEGMENT 0x40Eu /* where the BIOS keeps the address of its extended data */
#define EBDA_LOWEST 0x80000u
#define EBDA_SEARCHED 1024u /* bytes of it */

struct acpi_info firmware_acpi KSTATE;

static paddr_t look_for_root(const struct phys_window *memory)
{
    const uint8_t *segment = window_at(memory, EBDA_SEGMENT, 2);
    paddr_t ebda = segment != NULL ? (paddr_t)get16(segment) << 4 : 0;
    paddr_t found = ebda >= EBDA_LOWEST ? acpi_scan(memory, ebda, ebda + EBDA_SEARCHED) : 0;

    return found != 0 ? found : acpi_scan(memory, BIOS_START, BIOS_END);
}

static void say(const char *line)
{
    for (; *line != '\0'; line++)
        arch_serial_putchar(*line);
}

void firmware_init(const struct phys_window *memory, paddr_t rsdp)
{
    char line[128];

    acpi_parse(memory, rsdp != 0 ? rsdp : look_for_root(memory), &firmware_acpi);
    if (firmware_acpi.problem != NULL) {
        format(line, sizeof line, "[aegis] warning: ACPI: %s\n", firmware_acpi.problem);
        say(line);
    }
}

static uint32_t usable_cpus(void)
{
    if (memory_trampoline_page() == 0)
        return 1;
    return firmware_acpi.cpu_count < ARCH_MAX_CPUS ? firmware_acpi.cpu_count : ARCH_MAX_CPUS;
}

void firmware_add_cpus(void)
{
    uint32_t self = (uint32_t)hal_cpu()->hardware_id, usable = usable_cpus();
    char line[128];

    for (uint32_t i = 0; i < firmware_acpi.cpu_count && i < ACPI_CPUS_MAX && hal_state.cpu_count < usable; i++) {
        if (firmware_acpi.apic_id[i] != self)
            hal_cpu_add(firmware_acpi.apic_id[i]);
    }
    if (firmware_acpi.cpu_count > usable) {
        format(line, sizeof line, "[aegis] warning: %u CPUs, of which %u are used%s\n", firmware_acpi.cpu_count, usable,
               usable == 1 ? ": no memory below 1 MiB to start the others in" : "");
        say(line);
    }
}

firmware_type_t arch_get_firmware_type(void)
{
    return firmware_acpi.found ? FIRMWARE_ACPI : FIRMWARE_NONE;
}

/* The tables were read at boot, while all memory was in view; a root pointer from elsewhere is only looked at. */
status_t arch_firmware_parse(const void *boot_firmware_data)
{
    const struct phys_window given = {boot_firmware_data, 0, boot_firmware_data != NULL ? 36 : 0};

    if (boot_firmware_data == NULL)
        return firmware_acpi.found ? STATUS_OK : ERR_NOT_FOUND;
    return acpi_is_root(&given, 0) ? STATUS_OK : ERR_NOT_FOUND;
}
