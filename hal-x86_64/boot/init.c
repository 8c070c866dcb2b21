/* SPDX-License-Identifier: MIT */
/* From the boot loader's parameters to kernel_main(). */
#include <arch/boot.h>

#include <abi/status.h>
#include <arch/cpu.h>
#include <base/string.h>
#include <common/cpu.h>
#include <common/display.h>
#include <common/kernel_map.h>
#include <common/trace.h>
#include <x86/asm.h>
#include <x86/boot_found.h>
#include <x86/clock.h>
#include <x86/cpu.h>
#include <x86/devices.h>
#include <x86/entry.h>
#include <x86/firmware.h>
#include <x86/irq.h>
#include <x86/memory.h>

#define EARLY_MEMORY (UINT64_C(4) << 30) /* what the early tables map */
#define PCI_HOLE_END 0xFEC00000u

struct boot_params {
    uint32_t magic;   /* in eax, or BOOT_MAGIC_PVH */
    paddr_t protocol; /* the protocol's own parameters */
};

static KSTATE struct boot_found found;

static const char *read_parameters(const struct boot_params *params, const struct phys_window *memory)
{
    found.ram.claimed_limit = PCI_HOLE_END;
    if (params->magic == BOOT_MAGIC_PVH)
        return pvh_parse(memory, params->protocol, &found);
    if (params->magic == BOOT_MAGIC_MULTIBOOT2)
        return multiboot2_parse(memory, params->protocol, &found);
    return "boot: bad magic: started neither by PVH nor by Multiboot2";
}

static void summarise(const struct boot_info *info)
{
    struct hw_summary *s = &hal_state.summary;
    struct boot_module modules[BOOT_MODULES_MAX];
    uint32_t count = BOOT_MODULES_MAX;

    s->total_ram_bytes = ram_bytes(&found.ram);
    s->cpu_count = hal_state.cpu_count;
    s->module_count = arch_parse_modules(info, modules, &count) == STATUS_OK ? count : 0;
    s->acpi_available = firmware_acpi.found;
    s->framebuffer_available = info->framebuffer.addr != 0;
    (void)str_copy(s->cmdline, sizeof s->cmdline, info->cmdline);
}

static void start_devices(void)
{
    apic_check();
    apic_enable();
    clock_calibrate();
    firmware_add_cpus();
}

void arch_boot_init(void *boot_params)
{
    const struct phys_window memory = {hal_direct(0), 0, EARLY_MEMORY};
    struct boot_info *info = &hal_state.boot;
    struct pci_window assigned = {0, 0}; /* the firmware has given every function its addresses */

    devices_open_console();
    arch_cpu_init();
    const char *wrong = read_parameters(boot_params, &memory);
    if (wrong != NULL)
        arch_panic(wrong);
    firmware_init(&memory, found.rsdp);
    memory_init(&found);
    start_devices();
    (void)str_copy(info->cmdline, sizeof info->cmdline, found.cmdline);
    info->framebuffer = found.framebuffer;
    display_init(info, &assigned);
    summarise(info);
    hal_trace_init(info->cmdline);
    hal_map_check(info->cmdline);
    kernel_main(info);
}

void boot_start(uint32_t magic, uint32_t parameters)
{
    struct boot_params params = {magic, parameters};

    x86_wrmsr(MSR_GS_BASE, (uintptr_t)&hal_state.cpu[0]);
    hal_cpu_add(x86_cpuid(1, 0).ebx >> 24); /* the local APIC's number */
    arch_boot_init(&params);
}
