/* SPDX-License-Identifier: MIT */
#include <efi/port.h>

uint64_t efi_port_step(void)
{
    return 2u << 20; /* the kernel moves itself (boot/head.S) */
}

bool efi_port_boot_cpu(const struct efi_loader *loader, const struct fdt *fdt, uint64_t *cpu)
{
    (void)loader;
    (void)fdt;
    *cpu = 0; /* the kernel reads its own number from a register */
    return true;
}

void efi_port_clean(const void *start, uint64_t size)
{
    uint64_t type, line, end = (uintptr_t)start + size;

    __asm__("mrs %0, ctr_el0" : "=r"(type));
    line = 4ull << (type >> 16 & 0xF);
    for (uint64_t at = (uintptr_t)start & ~(line - 1); at < end; at += line)
        __asm__ volatile("dc civac, %0" : : "r"(at) : "memory");
    __asm__ volatile("dsb sy" : : : "memory");
}
