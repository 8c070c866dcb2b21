/* SPDX-License-Identifier: MIT */
/* From the firmware's map to the kernel's: RAM, device windows, what is kept. */
#include <x86/memory.h>

#include <abi/status.h>
#include <arch/cpu.h>
#include <common/cpu.h>
#include <common/kernel_map.h>
#include <common/memmap.h>
#include <x86/cpu.h>
#include <x86/firmware.h>
#include <x86/irq.h>

#define LOW_RAM_END 0xA0000u    /* behind it: video memory and BIOS */
#define TRAMPOLINE_USUAL 0x8000u
#define HOLE_LOWEST 0x80000000u /* PCI devices live between RAM and the I/O APIC */
#define HOLE_END 0xFEC00000u
#define HPET_SIZE 0x400u
#define BUS_SIZE 0x100000u

static KSTATE struct {
    struct boot_found *found; /* [I] */
    paddr_t trampoline;       /* [I] */
} state;

/* -- RAM -- */

static void add_ram(struct ram *ram)
{
    paddr_t start = hal_image_phys(image_start), end = hal_image_phys(image_end);

    if (ram->count == 0)
        arch_panic("boot: no usable memory");
    if (!ram_has(ram, start, end))
        arch_panic("boot: the kernel lies outside the memory that the firmware names");
    ram_shrink(ram, HAL_RAM_RANGES_MAX);
    for (uint32_t i = 0; i < ram->count; i++) {
        if (hal_map_add_ram(ram->range[i].base, ram->range[i].end - ram->range[i].base) != STATUS_OK)
            arch_panic("boot: the firmware's memory map contradicts itself");
    }
}

/* Does something of the boot loader lie in this page? GRUB puts what is small below 1 MiB under UEFI. */
static bool is_taken(const struct boot_found *found, paddr_t page)
{
    for (uint32_t i = 0; i < found->kept_count; i++) {
        if (found->kept[i].base < page + PAGE_SIZE && page < found->kept[i].end)
            return true;
    }
    for (uint32_t i = 0; i < found->module_count; i++) {
        if (found->module[i].start < page + PAGE_SIZE && page < found->module[i].end)
            return true;
    }
    return false;
}

static void choose_trampoline(const struct boot_found *found)
{
    for (paddr_t pa = TRAMPOLINE_USUAL; pa < LOW_RAM_END && state.trampoline == 0; pa += PAGE_SIZE) {
        if (ram_has(&found->ram, pa, pa + PAGE_SIZE) && !is_taken(found, pa))
            state.trampoline = pa;
    }
}

paddr_t memory_trampoline_page(void)
{
    return state.trampoline;
}

/* -- Device windows -- */

/* Whole pages; windows that meet become one. */
static void add_window(struct ram *windows, paddr_t base, uint64_t size)
{
    paddr_t first = base - base % PAGE_SIZE;

    if (size == 0 || base == 0 || base + size < base)
        return;
    ram_add(windows, first, base + size + (PAGE_SIZE - (base + size) % PAGE_SIZE) % PAGE_SIZE);
}

static void add_register(struct ram *windows, const struct acpi_register *r)
{
    if (r->space == ACPI_SPACE_MEMORY)
        add_window(windows, r->address, 1);
}

static void add_windows(const struct boot_found *found)
{
    const struct acpi_info *acpi = &firmware_acpi;
    const struct boot_framebuffer *fb = &found->framebuffer;
    paddr_t hole = found->ram.claimed_end > HOLE_LOWEST ? found->ram.claimed_end : HOLE_LOWEST;
    struct ram windows = {.count = 0};

    add_window(&windows, apic_find(), PAGE_SIZE);
    for (uint32_t i = 0; i < acpi->ioapic_count; i++)
        add_window(&windows, acpi->ioapic[i].address, PAGE_SIZE);
    add_window(&windows, acpi->hpet, HPET_SIZE);
    if (acpi->ecam != 0)
        add_window(&windows, acpi->ecam + (uint64_t)acpi->ecam_first_bus * BUS_SIZE,
                   (uint64_t)(acpi->ecam_last_bus - acpi->ecam_first_bus + 1) * BUS_SIZE);
    add_register(&windows, &acpi->reset);
    add_register(&windows, &acpi->sleep_control);
    if (hole < HOLE_END)
        add_window(&windows, hole, HOLE_END - hole);
    add_window(&windows, fb->addr, (uint64_t)fb->pitch * fb->height);
    for (uint32_t i = 0; i < found->ram.count; i++) /* no table makes RAM a device */
        ram_cut(&windows, found->ram.range[i].base, found->ram.range[i].end);
    for (uint32_t i = 0; i < windows.count; i++)
        hal_map_add_device(windows.range[i].base, windows.range[i].end - windows.range[i].base);
}

static void add_framebuffer(struct boot_framebuffer *fb)
{
    uint64_t size = (uint64_t)fb->pitch * fb->height;

    if (fb->addr != 0 && hal_map_device(fb->addr, (uint32_t)size) != NULL)
        hal_map.framebuffer = (struct hal_range){fb->addr, size};
    else
        *fb = (struct boot_framebuffer){.addr = 0};
}

void memory_init(struct boot_found *found)
{
    state.found = found;
    add_ram(&found->ram);
    choose_trampoline(found);
    add_windows(found);
    add_framebuffer(&found->framebuffer);
    hal_cpu()->port.root = hal_map_build(x86_has(X86_PAGE_1G) ? 2 : 1);
    x86_write_cr3(hal_map.root);
}

/* -- What core asks for -- */

status_t arch_parse_modules(const struct boot_info *info, struct boot_module *modules, uint32_t *count)
{
    const struct boot_found *found = state.found;
    uint32_t room = *count;

    (void)info;
    *count = 0;
    for (uint32_t i = 0; i < found->module_count; i++) {
        const struct boot_module *m = &found->module[i];
        if (!ram_has(&found->ram, m->start, m->end))
            return ERR_INVALID_ARGS;
        for (uint32_t k = 0; k < i; k++) {
            if (m->start < found->module[k].end && found->module[k].start < m->end)
                return ERR_INVALID_ARGS;
        }
        if (i == room)
            return ERR_OUT_OF_RANGE;
        modules[i] = *m;
    }
    *count = found->module_count;
    return STATUS_OK;
}

static status_t reserve_all(struct memmap *map)
{
    const struct boot_found *found = state.found;
    paddr_t image = hal_image_phys(image_start);
    status_t status = memmap_reserve(map, 0, RAM_LOW_END); /* the firmware's areas, the trampoline */

    if (status == STATUS_OK)
        status = memmap_reserve(map, image, hal_image_phys(image_end) - image);
    for (uint32_t i = 0; status == STATUS_OK && i < found->kept_count; i++)
        status = memmap_reserve(map, found->kept[i].base, found->kept[i].end - found->kept[i].base);
    for (uint32_t i = 0; status == STATUS_OK && i < found->module_count; i++)
        status = memmap_reserve(map, found->module[i].start, found->module[i].end - found->module[i].start);
    return status;
}

status_t arch_parse_memory_map(const struct boot_info *info, struct boot_mmap_entry *entries, uint32_t *count)
{
    struct memmap map = {.entry = entries, .room = *count};
    const struct ram *ram = &state.found->ram;
    status_t status = STATUS_OK;

    (void)info;
    *count = 0;
    for (uint32_t i = 0; status == STATUS_OK && i < ram->count; i++)
        status = memmap_add(&map, ram->range[i].base, ram->range[i].end - ram->range[i].base);
    if (status == STATUS_OK)
        status = reserve_all(&map);
    if (status == STATUS_OK)
        *count = map.count;
    return status;
}
