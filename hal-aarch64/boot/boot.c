/* SPDX-License-Identifier: MIT */
/* From head.S to kernel_main(): what the device tree says, the kernel's own tables, the boot information. */
#include <arch/boot.h>

#include <a64/gic.h>
#include <a64/kernel.h>
#include <abi/status.h>
#include <arch/cpu.h>
#include <base/format.h>
#include <base/string.h>
#include <common/display.h>
#include <common/fdt_boot.h>
#include <common/kernel_map.h>
#include <common/trace.h>

#define FDT_HEADER_SIZE 40u
#define FDT_SIZE_MAX 0x200000u /* what the boot protocol allows */
#define SCREEN_SIZE_MAX 0x8000000u

/* What boot_main() hands to arch_boot_init(). */
struct boot_entry {
    paddr_t fdt;
    uint32_t entry; /* ENTRY_* */
};

/* -- Messages -- */

static void print(const char *fmt, va_list args)
{
    char line[160];

    format_v(line, sizeof line, fmt, args);
    for (const char *p = "[aegis] boot: "; *p != '\0'; p++)
        arch_serial_putchar(*p);
    for (const char *p = line; *p != '\0'; p++)
        arch_serial_putchar(*p);
    arch_serial_putchar('\n');
}

void boot_warn(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    print(fmt, args);
    va_end(args);
}

void boot_fail(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    print(fmt, args);
    va_end(args);
    arch_power_off(ARCH_OFF_CONFIG, 0);
}

/* -- Device tree -- */

/* Its pages are mapped step by step: nobody knows how long it is before its header was read. */
static void open_tree(paddr_t pa, struct fdt *fdt)
{
    struct boot_info *info = &hal_state.boot;

    if (pa == 0)
        pa = ARCH_RAM_BASE; /* an ELF loader passes nothing; QEMU puts the tree there */
    if (pa % 8 != 0 || !early_map(pa, FDT_HEADER_SIZE, false))
        boot_fail("no device tree: its address is given as %lx", (unsigned long)pa);
    status_t status = fdt_open(fdt, hal_direct(pa), FDT_HEADER_SIZE);
    if (status == ERR_FDT_TRUNCATED && early_map(pa, FDT_SIZE_MAX, false))
        status = fdt_open(fdt, hal_direct(pa), FDT_SIZE_MAX);
    if (status != STATUS_OK)
        boot_fail("no usable device tree at %lx: %s", (unsigned long)pa, status_sentence(status));
    info->fdt = pa;
    info->fdt_size = fdt->size;
}

/* -- The contract -- */

status_t arch_parse_memory_map(const struct boot_info *info, struct boot_mmap_entry *map, uint32_t *count)
{
    struct fdt_boot_kept kept = {hal_image_phys(image_start), hal_image_phys(image_end)};

    return fdt_boot_memory_map(info, kept, map, count);
}

status_t arch_parse_modules(const struct boot_info *info, struct boot_module *modules, uint32_t *count)
{
    return fdt_boot_modules(info, modules, count);
}

static void summarise(void)
{
    struct hw_summary *s = &hal_state.summary;
    const struct boot_info *info = &hal_state.boot;
    struct boot_module modules[BOOT_MODULES_MAX];
    uint32_t count = BOOT_MODULES_MAX;
    status_t status = arch_parse_modules(info, modules, &count);

    if (status != STATUS_OK)
        boot_fail("boot module: %s", status_sentence(status));
    s->cpu_count = hal_state.cpu_count;
    s->module_count = count;
    s->framebuffer_available = info->framebuffer.addr != 0;
    (void)str_copy(s->cmdline, sizeof s->cmdline, info->cmdline);
}

/* Of the firmware's screen only memory that is not RAM needs a window. */
static void find_screen(const struct fdt *fdt)
{
    struct boot_info *info = &hal_state.boot;
    uint64_t size;

    if (!fdt_boot_framebuffer(fdt, &info->framebuffer, &size))
        return;
    hal_map.framebuffer = (struct hal_range){info->framebuffer.addr, size};
    if (size > SCREEN_SIZE_MAX)
        info->framebuffer.addr = 0;
    else if (!memory_holds(info->framebuffer.addr, info->framebuffer.addr + size))
        device_window("framebuffer", info->framebuffer.addr, size);
}

void arch_boot_init(void *boot_params)
{
    const struct boot_entry *entry = boot_params;
    struct boot_info *info = &hal_state.boot;
    struct fdt fdt;

    uart_guess();
    open_tree(entry->fdt, &fdt);
    fdt_boot_cmdline(&fdt, info->cmdline, sizeof info->cmdline);
    semihosting_init(info->cmdline);
    psci_init(&fdt);
    uart_find(&fdt);
    memory_find(&fdt);
    cpus_init(&fdt);
    gic_find(&fdt, entry->entry == ENTRY_EL3);
    gic_connect(ARCH_VECTOR_TIMER, timer_find(&fdt));
    devices_find(&fdt);
    ecam_find(&fdt);
    find_screen(&fdt);
    random_init(&fdt);
    hal_trace_init(info->cmdline);
    mmu_start();
    mmu_finish();
    early_seal();
    display_init(info, ecam_window());
    summarise();
    hal_map_check(info->cmdline);
    kernel_main(info);
}

void boot_main(paddr_t fdt, uint32_t entry)
{
    struct boot_entry params = {.fdt = fdt, .entry = entry};

    hal_cpu_add(cpu_affinity());
    cpu_bind(&hal_state.cpu[0]);
    psci_guess(entry);
    arch_boot_init(&params);
}
