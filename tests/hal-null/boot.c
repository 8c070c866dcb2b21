/* SPDX-License-Identifier: MIT */
/*
 * What the boot protocol would hand over: RAM, modules, device tree, command line, all from the test's configuration.
 */
#include <stdio.h>
#include <string.h>

#include <abi/status.h>

#include "null_priv.h"

/* Copy to the top of RAM, page-aligned, and lower the top. */
static paddr_t place(const void *data, uint64_t size)
{
    uint64_t pages = (size + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE;
    if (pages > null_machine.ram_top - ARCH_RAM_BASE - NULL_KERNEL_SIZE)
        null_misuse("modules do not fit into RAM");
    null_machine.ram_top -= pages;
    memcpy(arch_phys_ptr(null_machine.ram_top), data, size);
    return null_machine.ram_top;
}

void null_boot_reset(void)
{
    const struct null_config *config = &null_machine.config;
    struct boot_info *info = &null_machine.info;
    null_machine.ram_top = ARCH_RAM_BASE + config->ram_size;
    for (uint32_t i = 0; i < config->module_count; i++) {
        struct boot_module *module = &null_machine.modules[i];
        module->start = place(config->modules[i].data, config->modules[i].size);
        module->end = module->start + config->modules[i].size;
        if (config->modules[i].cmdline != NULL)
            snprintf(module->cmdline, sizeof(module->cmdline), "%s", config->modules[i].cmdline);
    }
    if (config->fdt != NULL) {
        info->fdt = place(config->fdt, config->fdt_size);
        info->fdt_size = config->fdt_size;
    }
    if (config->framebuffer)
        info->framebuffer = (struct boot_framebuffer){NULL_FRAMEBUFFER_BASE, 640, 480, 640 * 4, 32};
    if (config->cmdline != NULL)
        snprintf(info->cmdline, sizeof(info->cmdline), "%s", config->cmdline);
}

const struct boot_info *null_boot_info(void)
{
    return &null_machine.info;
}

status_t arch_parse_memory_map(const struct boot_info *info, struct boot_mmap_entry *map, uint32_t *count)
{
    (void)info;
    paddr_t top = null_machine.ram_top;
    paddr_t end = ARCH_RAM_BASE + null_machine.config.ram_size;
    const struct boot_mmap_entry all[] = {
        {ARCH_RAM_BASE, NULL_KERNEL_SIZE, BOOT_MMAP_RESERVED},
        {ARCH_RAM_BASE + NULL_KERNEL_SIZE, top - ARCH_RAM_BASE - NULL_KERNEL_SIZE, BOOT_MMAP_USABLE},
        {top, end - top, BOOT_MMAP_RESERVED},
    };
    uint32_t room = *count;
    *count = 0;
    for (uint32_t i = 0; i < ARRAY_LEN(all); i++) {
        if (all[i].size == 0)
            continue;
        if (*count == room)
            return ERR_OUT_OF_RANGE;
        map[(*count)++] = all[i];
    }
    return STATUS_OK;
}

status_t arch_parse_modules(const struct boot_info *info, struct boot_module *modules, uint32_t *count)
{
    (void)info;
    uint32_t have = null_machine.config.module_count;
    if (*count < have)
        return ERR_OUT_OF_RANGE;
    memcpy(modules, null_machine.modules, have * sizeof(*modules));
    *count = have;
    return STATUS_OK;
}

void arch_get_hw_summary(struct hw_summary *out)
{
    const struct null_config *config = &null_machine.config;
    *out = (struct hw_summary){
        .total_ram_bytes = config->ram_size,
        .cpu_count = config->cpus,
        .module_count = config->module_count,
        .framebuffer_available = config->framebuffer,
    };
    memcpy(out->cmdline, null_machine.info.cmdline, sizeof(out->cmdline));
}

paddr_t arch_ptr_phys(const void *p)
{
    uint64_t offset = (uintptr_t)p - (uintptr_t)null_port.ram;
    return offset < null_port.ram_size ? ARCH_RAM_BASE + offset : 0;
}

firmware_type_t arch_get_firmware_type(void)
{
    return null_machine.info.fdt != 0 ? FIRMWARE_DEVICE_TREE : FIRMWARE_NONE;
}

status_t arch_firmware_parse(const void *boot_firmware_data)
{
    /* Nothing on this machine is found through its description. */
    return boot_firmware_data != NULL || null_machine.info.fdt != 0 ? STATUS_OK : ERR_NOT_FOUND;
}
