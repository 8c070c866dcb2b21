/* SPDX-License-Identifier: MIT */
/* Switching off and resetting, by every way a PC has, the described ones first. */
#include <arch/discovery.h>
#include <arch/io.h>
#include <arch/timer.h>
#include <common/port.h>
#include <x86/asm.h>
#include <x86/cpu.h>
#include <x86/firmware.h>
#include <x86/tables.h>

#define SLEEP_TYPE 10 /* PM1 control */
#define SLEEP_ENABLE (1u << 13)
#define SLEEP_TYPE_MASK (7u << SLEEP_TYPE)
#define ACPI_MODE 1u
#define REDUCED_TYPE 2 /* sleep control register of machines without PM1 */
#define REDUCED_ENABLE 0x20u

#define RESET_CONTROL 0xCF9
#define RESET_HARD 0x02
#define RESET_NOW 0x0E /* hard, full, now */
#define KEYBOARD_STATUS 0x64
#define KEYBOARD_BUSY 0x02
#define KEYBOARD_RESET 0xFE
#define PATIENCE_MS 50u

static bool has(const struct acpi_register *r)
{
    return r->address != 0 && r->space != ACPI_SPACE_PCI;
}

static void wait_milliseconds(uint32_t milliseconds)
{
    uint64_t ticks = (uint64_t)arch_timer_get_frequency() * milliseconds / 1000u, start = arch_timer_get_ticks();

    while (arch_timer_get_ticks() - start < ticks)
        x86_pause();
}

void port_exit(uint32_t status)
{
    if (x86_has(X86_HYPERVISOR)) /* on a real board the port may be anything */
        x86_out16(PORT_EXIT, (uint16_t)status);
}

/* -- Off -- */

/* Until the firmware has handed the registers over, they do nothing. */
static void enter_acpi_mode(void)
{
    const struct acpi_info *a = &firmware_acpi;

    if (a->smi_command == 0 || a->smi_command >= PORTS_COUNT || a->acpi_enable == 0 ||
        (arch_io_read16(a->pm1a_control.address) & ACPI_MODE) != 0)
        return;
    x86_out8((uint16_t)a->smi_command, a->acpi_enable);
    for (uint32_t i = 0; i < PATIENCE_MS && (arch_io_read16(a->pm1a_control.address) & ACPI_MODE) == 0; i++)
        wait_milliseconds(1);
}

static void sleep_by(const struct acpi_register *r, uint32_t type)
{
    if (!has(r))
        return;
    uint32_t value = (arch_io_read16(r->address) & ~SLEEP_TYPE_MASK) | type << SLEEP_TYPE;
    arch_io_write16(r->address, (uint16_t)value);
    arch_io_write16(r->address, (uint16_t)(value | SLEEP_ENABLE));
}

void port_power_off(void)
{
    const struct acpi_info *a = &firmware_acpi;

    if (has(&a->pm1a_control)) {
        enter_acpi_mode();
        sleep_by(&a->pm1a_control, a->s5_a);
        sleep_by(&a->pm1b_control, a->s5_b);
    }
    if (has(&a->sleep_control))
        arch_io_write8(a->sleep_control.address, (uint8_t)((uint32_t)a->s5_a << REDUCED_TYPE | REDUCED_ENABLE));
    wait_milliseconds(PATIENCE_MS);
}

/* -- Reset -- */

static void reset_by_firmware(void)
{
    const struct acpi_register *r = &firmware_acpi.reset;

    if (has(r))
        arch_io_write8(r->address, firmware_acpi.reset_value);
    else if (r->space == ACPI_SPACE_PCI && r->address != 0) /* device in bits 32-47, function 16-31, offset 0-15 */
        arch_pci_config_write32(0, (uint32_t)(r->address >> 32 & 0xFFFF), (uint32_t)(r->address >> 16 & 0xFFFF),
                                (uint32_t)r->address & 0xFFFC,
                                (uint32_t)firmware_acpi.reset_value << (r->address & 3) * 8);
    wait_milliseconds(PATIENCE_MS);
}

static void reset_by_keyboard(void)
{
    for (uint32_t i = 0; i < PATIENCE_MS && (x86_in8(KEYBOARD_STATUS) & KEYBOARD_BUSY) != 0; i++)
        wait_milliseconds(1);
    x86_out8(KEYBOARD_STATUS, KEYBOARD_RESET);
    wait_milliseconds(PATIENCE_MS);
}

void port_reset(void)
{
    reset_by_firmware();
    x86_out8(RESET_CONTROL, RESET_HARD);
    x86_out8(RESET_CONTROL, RESET_NOW);
    wait_milliseconds(PATIENCE_MS);
    reset_by_keyboard();
    tables_forget();
    __asm__ volatile("int3");
}
