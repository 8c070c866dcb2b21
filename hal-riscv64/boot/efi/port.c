/* SPDX-License-Identifier: MIT */
#include <efi/port.h>

uint64_t efi_port_step(void)
{
    return 0;
}

static const struct efi_guid riscv_boot_guid = {
    0xCCD15FEC, 0x6F73, 0x4EEC, {0x83, 0x95, 0x3E, 0x69, 0xE4, 0xB9, 0x40, 0xBF}};

bool efi_port_boot_cpu(const struct efi_loader *loader, const struct fdt *fdt, uint64_t *cpu)
{
    void *found;
    uint32_t hart;

    if (loader->boot->locate_protocol(&riscv_boot_guid, NULL, &found) == EFI_OK) {
        struct efi_riscv_boot *protocol = found;
        if (protocol->get_boot_hart(protocol, cpu) == EFI_OK)
            return true;
    }
    if (!fdt_prop_u32(fdt, fdt_find_path(fdt, "/chosen"), "boot-hartid", &hart))
        return efi_fail(loader, "the firmware does not say on which hart it runs");
    *cpu = hart;
    return true;
}

void efi_port_clean(const void *start, uint64_t size)
{
    (void)start;
    (void)size; /* caches of RISC-V agree with memory; fence.i before the jump does the rest */
}
