/* SPDX-License-Identifier: MIT */
/* From the machine's first step to kernel_main(): everything comes from the device tree. */
#include <arch/boot.h>
#include <abi/status.h>
#include <base/string.h>
#include <common/fdt_boot.h>
#include <sim/guest.h>
#include <sim/host.h>

#include "hal_priv.h"

#define FDT_SIZE_MAX (BOARD_KERNEL_LOAD - BOARD_RAM_BASE)

/* A given device tree may claim any address and size. */
static bool is_framebuffer(paddr_t addr, uint64_t size)
{
    uint64_t offset = addr - BOARD_FRAMEBUFFER_BASE;

    return offset < sim_port.framebuffer_size && size <= sim_port.framebuffer_size - offset;
}

static void find_screen(const struct fdt *fdt, struct boot_info *info)
{
    struct boot_framebuffer fb;
    uint64_t size;

    if (fdt_boot_framebuffer(fdt, &fb, &size) && is_framebuffer(fb.addr, size))
        info->framebuffer = fb;
}

bool hal_ram_range(uint32_t index, uint64_t *base, uint64_t *size)
{
    *base = BOARD_RAM_BASE;
    *size = sim_port.ram_size;
    return index == 0;
}

static void summarise(const struct boot_info *info)
{
    struct hw_summary *s = &hal_state.summary;
    struct boot_module modules[BOOT_MODULES_MAX];
    uint32_t count = BOOT_MODULES_MAX;

    s->total_ram_bytes = sim_port.ram_size;
    s->cpu_count = sim_port.cpu_count;
    s->module_count = arch_parse_modules(info, modules, &count) == STATUS_OK ? count : 0;
    s->framebuffer_available = info->framebuffer.addr != 0;
    (void)str_copy(s->cmdline, sizeof s->cmdline, info->cmdline);
}

void arch_boot_init(void *boot_params)
{
    struct boot_info *info = &hal_state.boot;
    struct fdt fdt;

    arch_serial_early_init();
    info->fdt = *(const paddr_t *)boot_params;
    status_t status = fdt_open(&fdt, arch_phys_ptr(info->fdt), FDT_SIZE_MAX - (info->fdt - BOARD_RAM_BASE));
    if (status != STATUS_OK)
        arch_panic(status_sentence(status));
    info->fdt_size = fdt.size;
    fdt_boot_cmdline(&fdt, info->cmdline, sizeof info->cmdline);
    find_screen(&fdt, info);
    summarise(info);
    kernel_main(info);
}

void guest_boot(paddr_t fdt)
{
    arch_boot_init(&fdt);
}

void arch_get_hw_summary(struct hw_summary *out)
{
    *out = hal_state.summary;
}

/* What lies below the kernel's load address is the firmware's: it holds the device tree. */
status_t arch_parse_memory_map(const struct boot_info *info, struct boot_mmap_entry *map, uint32_t *count)
{
    const struct fdt_boot_kept kept = {BOARD_RAM_BASE, BOARD_KERNEL_LOAD};

    return fdt_boot_memory_map(info, kept, map, count);
}

status_t arch_parse_modules(const struct boot_info *info, struct boot_module *modules, uint32_t *count)
{
    return fdt_boot_modules(info, modules, count);
}
