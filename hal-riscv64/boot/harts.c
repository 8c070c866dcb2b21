/* SPDX-License-Identifier: MIT */
/* Which harts become CPUs: the boot hart is CPU 0, the others follow in the order of the tree. */
#include <arch/cpu.h>
#include <base/string.h>
#include <common/cpu.h>
#include <riscv/priv.h>
#include <riscv/sbi.h>

#define NODES_MAX 1024u /* of a tree that means well */

static bool is_known(uint64_t hart)
{
    for (uint32_t i = 0; i < hal_state.cpu_count; i++) {
        if (hal_state.cpu[i].hardware_id == hart)
            return true;
    }
    return false;
}

static bool is_usable(const struct fdt *fdt, uint32_t node)
{
    const char *text;

    if (!fdt_prop_string(fdt, node, "device_type", &text) || !str_eq(text, "cpu"))
        return false;
    if (fdt_prop_string(fdt, node, "status", &text) && !str_eq(text, "okay") && !str_eq(text, "ok"))
        return false;
    return !fdt_prop_string(fdt, node, "mmu-type", &text) || !str_eq(text, "riscv,none");
}

/* More than one CPU takes a firmware that starts and interrupts the others. */
static const char *missing_for_smp(void)
{
    if (!sbi_has(SBI_HSM))
        return "HSM";
    return sbi_has(SBI_IPI) ? NULL : "sPI";
}

void harts_find(const struct fdt *fdt)
{
    uint32_t node = fdt_node_child(fdt, fdt_find_path(fdt, "/cpus"));
    const char *missing = missing_for_smp();
    uint32_t others = 0, ignored = 0;
    uint64_t hart, size;

    for (uint32_t i = 0; i < NODES_MAX && node != FDT_NONE; i++, node = fdt_node_sibling(fdt, node)) {
        if (!is_usable(fdt, node) || !fdt_reg(fdt, node, 0, &hart, &size) || is_known(hart))
            continue;
        others++;
        if (missing != NULL || !sbi_hart_exists(hart))
            continue;
        if (hal_state.cpu_count < ARCH_MAX_CPUS)
            hal_cpu_add(hart);
        else
            ignored++;
    }
    if (ignored != 0)
        boot_say("%u more CPUs than the %u supported: they stay stopped", ignored, ARCH_MAX_CPUS);
    if (missing != NULL && others != 0)
        boot_say("one CPU of %u: the firmware lacks the SBI extension %s", others + 1, missing);
    else if (hal_state.cpu_count - 1 + ignored < others)
        boot_say("%u CPUs of the device tree are unknown to the firmware", others - ignored - (hal_state.cpu_count - 1));
}
