/* SPDX-License-Identifier: MIT */
/*
 * Device lines. Three of the PC's exist for the kernel's clients; ACPI says at which input of which I/O APIC each
 * arrives. All are level-triggered here, whatever they were on the ISA bus: their devices hold the line until they are
 * served.
 */
#include <arch/irq.h>
#include <common/cpu.h>
#include <common/kernel_map.h>
#include <x86/asm.h>
#include <x86/cpu.h>
#include <x86/firmware.h>
#include <x86/irq.h>
#include <x86/spin.h>

#define SELECT 0x00
#define WINDOW 0x10
#define WINDOW_END 0x20u
#define REG_VERSION 1u
#define REG_ENTRY 0x10u /* two registers per input */
#define ENTRY_ACTIVE_LOW (1u << 13)
#define ENTRY_LEVEL (1u << 15)
#define ENTRY_MASKED (1u << 16)
#define ENTRY_TARGET 24

#define PIC1 0x20
#define PIC2 0xA0
#define PIC_DATA 1
#define ICW1 0x11 /* a sequence of four words begins */
#define ICW4_8086 0x01
#define PIC1_CASCADE 0x04 /* the second on input 2 */
#define PIC2_CASCADE 0x02

static const struct {
    uint32_t vector, isa;
} lines[] = {{ARCH_VECTOR_UART0, 4}, {ARCH_VECTOR_RTC, 8}, {ARCH_VECTOR_KEYBOARD, 1}};

static KSTATE struct {
    struct x86_lock lock; /* [L] of the register pairs */
    struct route {
        const struct acpi_ioapic *io; /* NULL: not found (yet) */
        uint32_t input, entry;        /* and the entry's low word, unmasked */
    } route[ARRAY_LEN(lines)];        /* [L] found when first asked for: controllers are slow to ask */
} state;

static uint32_t read(const struct acpi_ioapic *io, uint32_t reg)
{
    volatile uint32_t *p = hal_map_device(io->address, WINDOW_END);

    p[SELECT] = reg;
    return p[WINDOW / 4];
}

static void write(const struct acpi_ioapic *io, uint32_t reg, uint32_t value)
{
    volatile uint32_t *p = hal_map_device(io->address, WINDOW_END);

    p[SELECT] = reg;
    p[WINDOW / 4] = value;
}

static uint32_t inputs(const struct acpi_ioapic *io)
{
    if (hal_map_device(io->address, WINDOW_END) == NULL)
        return 0;
    uint32_t version = read(io, REG_VERSION);
    return version != UINT32_MAX ? (version >> 16 & 0xFF) + 1 : 0;
}

/* The 8259s would deliver to the vectors of exceptions; they move away and stay silent. */
static void silence_pics(void)
{
    static const uint8_t words[][2] = {
        {VECTOR_LEGACY, VECTOR_LEGACY + 8}, {PIC1_CASCADE, PIC2_CASCADE}, {ICW4_8086, ICW4_8086}, {0xFF, 0xFF}};

    x86_out8(PIC1, ICW1);
    x86_out8(PIC2, ICW1);
    for (uint32_t i = 0; i < ARRAY_LEN(words); i++) {
        x86_out8(PIC1 + PIC_DATA, words[i][0]);
        x86_out8(PIC2 + PIC_DATA, words[i][1]);
    }
}

/* The I/O APIC and input of a logical vector. */
static void resolve(struct route *route, uint32_t vector, const struct acpi_line *line)
{
    for (uint32_t k = 0; k < firmware_acpi.ioapic_count; k++) {
        const struct acpi_ioapic *io = &firmware_acpi.ioapic[k];
        if (line->gsi - io->first_gsi < inputs(io)) {
            route->io = io;
            route->input = line->gsi - io->first_gsi;
            route->entry = (VECTOR_DEVICE + vector - ARCH_VECTOR_DEVICE_FIRST) | ENTRY_LEVEL |
                           (line->active_low ? ENTRY_ACTIVE_LOW : 0);
            return;
        }
    }
}

/* Lock held. NULL: no such line. */
static const struct route *find(uint32_t vector)
{
    for (uint32_t i = 0; i < ARRAY_LEN(lines); i++) {
        if (lines[i].vector != vector)
            continue;
        if (UNLIKELY(state.route[i].io == NULL))
            resolve(&state.route[i], vector, &firmware_acpi.isa[lines[i].isa]);
        return state.route[i].io != NULL ? &state.route[i] : NULL;
    }
    return NULL;
}

static void set(uint32_t vector, bool open)
{
    x86_lock(&state.lock);
    const struct route *route = find(vector);
    if (route != NULL)
        write(route->io, REG_ENTRY + 2 * route->input, route->entry | (open ? 0 : ENTRY_MASKED));
    x86_unlock(&state.lock);
}

bool arch_irq_exists(uint32_t vector)
{
    x86_lock(&state.lock);
    bool exists = find(vector) != NULL;
    x86_unlock(&state.lock);
    return exists;
}

void arch_irq_unmask(uint32_t vector)
{
    set(vector, true);
}

void arch_irq_mask(uint32_t vector)
{
    set(vector, false);
}

void ioapic_init(void)
{
    silence_pics();
    for (uint32_t i = 0; i < firmware_acpi.ioapic_count; i++) {
        const struct acpi_ioapic *io = &firmware_acpi.ioapic[i];
        for (uint32_t n = inputs(io); n > 0; n--)
            write(io, REG_ENTRY + 2 * (n - 1), ENTRY_MASKED);
    }
    for (uint32_t i = 0; i < ARRAY_LEN(lines); i++) { /* level from the start: an edge at a masked input is lost */
        const struct route *route = find(lines[i].vector);
        if (route != NULL)
            write(route->io, REG_ENTRY + 2 * route->input + 1, (uint32_t)hal_state.cpu[0].hardware_id << ENTRY_TARGET);
        arch_irq_mask(lines[i].vector);
    }
}
