/* SPDX-License-Identifier: MIT */
/* From the machine's first step to kernel_main(): everything comes from the device tree. */
#include <arch/boot.h>
#include <abi/status.h>
#include <base/string.h>
#include <sim/guest.h>
#include <sim/host.h>

#include "hal_priv.h"

#define FDT_SIZE_MAX (BOARD_KERNEL_LOAD - BOARD_RAM_BASE)

status_t hal_open_fdt(const struct boot_info *info, struct fdt *fdt)
{
    return fdt_open(fdt, arch_phys_ptr(info->fdt), info->fdt_size);
}

/* A given device tree may claim any address and size. */
static bool is_framebuffer(paddr_t addr, uint64_t size)
{
    uint64_t offset = addr - BOARD_FRAMEBUFFER_BASE;

    return offset < sim_port.framebuffer_size && size <= sim_port.framebuffer_size - offset;
}

static void read_chosen(const struct fdt *fdt, struct boot_info *info)
{
    const char *bootargs;
    uint32_t chosen = fdt_find_path(fdt, "/chosen");
    uint32_t node = fdt_find_compatible(fdt, FDT_NONE, "simple-framebuffer");
    struct boot_framebuffer fb = {.bpp = BOARD_FRAMEBUFFER_BPP};
    uint64_t size;

    if (fdt_prop_string(fdt, chosen, "bootargs", &bootargs))
        (void)str_copy(info->cmdline, sizeof info->cmdline, bootargs);
    if (fdt_reg(fdt, node, 0, &fb.addr, &size) && fdt_prop_u32(fdt, node, "width", &fb.width) &&
        fdt_prop_u32(fdt, node, "height", &fb.height) && fdt_prop_u32(fdt, node, "stride", &fb.pitch) &&
        (uint64_t)fb.pitch * fb.height <= size && is_framebuffer(fb.addr, size))
        info->framebuffer = fb;
}

static uint64_t ram_bytes(const struct fdt *fdt)
{
    uint64_t base, size, total = 0;
    uint32_t node = fdt_find_path(fdt, "/memory");

    for (uint32_t i = 0; fdt_reg(fdt, node, i, &base, &size); i++)
        total += size;
    return total;
}

static void summarise(const struct boot_info *info, const struct fdt *fdt)
{
    struct hw_summary *s = &hal_state.summary;
    struct boot_module modules[BOOT_MODULES_MAX];
    uint32_t count = BOOT_MODULES_MAX;

    s->total_ram_bytes = ram_bytes(fdt);
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
    read_chosen(&fdt, info);
    summarise(info, &fdt);
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

status_t arch_parse_modules(const struct boot_info *info, struct boot_module *modules, uint32_t *count)
{
    struct fdt fdt;
    status_t status = hal_open_fdt(info, &fdt);
    uint32_t room = *count;
    uint64_t start, end;

    *count = 0;
    if (status != STATUS_OK)
        return status;
    uint32_t chosen = fdt_find_path(&fdt, "/chosen");
    if (!fdt_prop_u64(&fdt, chosen, "linux,initrd-start", &start) ||
        !fdt_prop_u64(&fdt, chosen, "linux,initrd-end", &end))
        return STATUS_OK;
    uint64_t offset = start - BOARD_RAM_BASE;
    if (start >= end || offset >= sim_port.ram_size || end - start > sim_port.ram_size - offset)
        return ERR_INVALID_ARGS;
    if (room == 0)
        return ERR_OUT_OF_RANGE;
    modules[0] = (struct boot_module){.start = start, .end = end};
    (void)str_copy(modules[0].cmdline, sizeof modules[0].cmdline, "image");
    *count = 1;
    return STATUS_OK;
}
