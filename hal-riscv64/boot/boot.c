/* SPDX-License-Identifier: MIT */
/* From the first C function to kernel_main(). The device tree is untrusted; what cannot be used ends in a named message. */
#include <arch/boot.h>

#include <abi/status.h>
#include <arch/cpu.h>
#include <base/format.h>
#include <base/string.h>
#include <common/cpu.h>
#include <common/display.h>
#include <common/fdt_boot.h>
#include <common/kernel_map.h>
#include <common/port.h>
#include <common/trace.h>
#include <riscv/fixup.h>
#include <riscv/pci.h>
#include <riscv/priv.h>
#include <riscv/sbi.h>
#include <riscv/window.h>

#define FDT_MAGIC 0xD00DFEEDu
#define FDT_SIZE_MAX 0x200000u
#define FDT_RAM_RANGES_MAX 64u   /* looked at; HAL_RAM_RANGES_MAX are used */
#define SCREEN_SIZE_MAX 0x4000000u
#define GIB_LEVEL 2u             /* Sv39 has leaves of 1 GiB */
#define FIRMWARE_SIZE 0x200000u /* in front of the kernel, as much as boot loaders leave for it */

/* As boot/start.S leaves it on the stack. */
struct boot_params {
    uint64_t hart;
    paddr_t fdt;
};

static KSTATE struct {
    uint32_t far_ranges;     /* of RAM: not all of it lies within reach */
    uint32_t ignored_ranges; /* of RAM */
    paddr_t kept;            /* [I] from here to its end the kernel's image is not usable, or more in front of it */
} state;

/* -- Messages -- */

void boot_say(const char *fmt, ...)
{
    char line[160];
    va_list args;

    va_start(args, fmt);
    size_t len = format(line, sizeof line, "[aegis] boot: ");
    len += format_v(line + len, sizeof line - len - 1, fmt, args);
    va_end(args);
    line[len] = '\n';
    for (size_t i = 0; i <= len; i++)
        arch_serial_putchar(line[i]);
}

void boot_fail(const char *fmt, ...)
{
    char line[160];
    va_list args;

    va_start(args, fmt);
    size_t len = format(line, sizeof line, "boot: ");
    format_v(line + len, sizeof line - len, fmt, args);
    va_end(args);
    arch_panic(line);
}

/* -- Device tree -- */

/* A word of the tree; its address may be wrong, so it is read as if it might not be there. */
static bool read_cell(paddr_t at, uint32_t *out)
{
    uint32_t raw;

    if (!probe_read32(hal_direct(at), &raw))
        return false;
    *out = raw >> 24 | (raw >> 8 & 0xFF00u) | (raw << 8 & 0xFF0000u) | raw << 24;
    return true;
}

static void open_tree(paddr_t at, struct fdt *fdt, struct boot_info *info)
{
    uint32_t magic, size, last;

    if (at == 0 || at % 8 != 0 || at >= DIRECT_END - FDT_SIZE_MAX)
        boot_fail("the firmware passed no device tree (a1 is 0x%lx)", (unsigned long)at);
    if (!read_cell(at, &magic) || !read_cell(at + 4, &size) || magic != FDT_MAGIC)
        boot_fail("there is no device tree at 0x%lx", (unsigned long)at);
    if (size < 8 || size > FDT_SIZE_MAX || !read_cell(at + (size - 4) / 4 * 4, &last))
        boot_fail("the device tree claims a length of %u bytes", size);
    status_t status = fdt_open(fdt, hal_direct(at), size);
    if (status != STATUS_OK)
        boot_fail("the device tree is damaged: %s", status_sentence(status));
    info->fdt = at;
    info->fdt_size = fdt->size;
}

/* -- Memory -- */

static void add_ram(paddr_t base, uint64_t size)
{
    if (size > DIRECT_END || base > DIRECT_END - size) {
        state.far_ranges++;
        if (base >= DIRECT_END)
            return;
        size = DIRECT_END - base;
    }
    if (hal_map_add_ram(base, size) != STATUS_OK)
        state.ignored_ranges++;
}

/* Before the console is known, because a wrong tree may put that into RAM: says nothing. */
static void find_ram(const struct fdt *fdt)
{
    uint64_t base, size;

    for (uint32_t i = 0; i < FDT_RAM_RANGES_MAX && fdt_boot_ram(fdt, i, &base, &size); i++)
        add_ram(base, size);
}

static bool is_in_ram(paddr_t start, paddr_t end)
{
    for (uint32_t i = 0; i < hal_map.ram_count; i++) {
        uint64_t offset = start - hal_map.ram[i].base;
        if (offset < hal_map.ram[i].size && end - start <= hal_map.ram[i].size - offset)
            return true;
    }
    return false;
}

static bool lies_in_front(paddr_t base, uint64_t size)
{
    paddr_t image = hal_image_phys(image_start);

    return size != 0 && base < image && base + size > image - FIRMWARE_SIZE;
}

/* Firmware says in the tree where it lies. If it does not, everything in front of the kernel is taken for it. */
static bool firmware_is_named(const struct fdt *fdt)
{
    uint32_t node = fdt_node_child(fdt, fdt_find_path(fdt, "/reserved-memory"));
    uint64_t base, size;

    for (uint32_t i = 0; fdt_reservation(fdt, i, &base, &size); i++) {
        if (lies_in_front(base, size))
            return true;
    }
    for (; node != FDT_NONE; node = fdt_node_sibling(fdt, node)) {
        if (fdt_reg(fdt, node, 0, &base, &size) && lies_in_front(base, size))
            return true;
    }
    return false;
}

static void check_ram(const struct fdt *fdt, const struct boot_info *info)
{
    if (state.far_ranges != 0)
        boot_say("more memory than supported: %u ranges are cut where the first %lu GiB end", state.far_ranges,
                 (unsigned long)(DIRECT_END >> 30));
    if (state.ignored_ranges != 0)
        boot_say("%u ranges of memory are ignored: they overlap others, or are more than supported", state.ignored_ranges);
    if (hal_map.ram_count == 0)
        boot_fail("the device tree names no memory");
    if (!is_in_ram(hal_image_phys(image_start), hal_image_phys(image_end)))
        boot_fail("the kernel lies outside of the memory that the device tree names");
    state.kept = hal_image_phys(image_start) - (firmware_is_named(fdt) ? 0 : FIRMWARE_SIZE);
    if (!is_in_ram(info->fdt, info->fdt + info->fdt_size))
        boot_fail("the device tree lies outside of the memory that it names");
}

status_t arch_parse_memory_map(const struct boot_info *info, struct boot_mmap_entry *map, uint32_t *count)
{
    return fdt_boot_memory_map(info, (struct fdt_boot_kept){state.kept, hal_image_phys(image_end)}, map, count);
}

status_t arch_parse_modules(const struct boot_info *info, struct boot_module *modules, uint32_t *count)
{
    return fdt_boot_modules(info, modules, count);
}

/* -- In order -- */

/* A screen that an earlier stage has set up; outside of RAM it needs a window. */
static void find_screen(const struct fdt *fdt, struct boot_info *info)
{
    struct boot_framebuffer screen;
    uint64_t size;

    if (!fdt_boot_framebuffer(fdt, &screen, &size) || size > SCREEN_SIZE_MAX)
        return;
    if (!is_in_ram(screen.addr, screen.addr + size) && !window_claim(screen.addr, size))
        return;
    info->framebuffer = screen;
    hal_map.framebuffer = (struct hal_range){screen.addr, size};
}

static void summarise(const struct boot_info *info)
{
    struct hw_summary *s = &hal_state.summary;
    struct boot_module modules[BOOT_MODULES_MAX];
    uint32_t count = BOOT_MODULES_MAX;

    for (uint32_t i = 0; i < hal_map.ram_count; i++)
        s->total_ram_bytes += hal_map.ram[i].size;
    s->cpu_count = hal_state.cpu_count;
    if (arch_parse_modules(info, modules, &count) != STATUS_OK)
        boot_fail("the boot module lies outside of the memory that the device tree names");
    s->module_count = count;
    s->framebuffer_available = info->framebuffer.addr != 0;
    (void)str_copy(s->cmdline, sizeof s->cmdline, info->cmdline);
}

void arch_boot_init(void *boot_params)
{
    const struct boot_params *params = boot_params;
    struct boot_info *info = &hal_state.boot;
    struct fdt fdt;

    stacks_init();
    hal_cpu_add(params->hart);
    cpu_setup();
    sbi_init();
    console_init();
    open_tree(params->fdt, &fdt, info);
    find_ram(&fdt);
    uart_find(&fdt);
    arch_serial_early_init();
    fdt_boot_cmdline(&fdt, info->cmdline, sizeof info->cmdline);
    power_find(&fdt, info->cmdline);
    check_ram(&fdt, info);
    harts_find(&fdt);
    timer_find(&fdt);
    plic_find(&fdt);
    devices_find(&fdt);
    pci_find_bridge(&fdt);
    find_screen(&fdt, info);
    random_seed(&fdt);
    mmu_start(hal_map_build(GIB_LEVEL));
    harts_start();
    display_init(info, pci_window());
    summarise(info);
    hal_trace_init(info->cmdline);
    hal_map_check(info->cmdline);
    kernel_main(info);
}
