/* SPDX-License-Identifier: MIT */
/* PSCI 0.2 and later: starting CPUs, power off, reset, by a call to the firmware. */
#include <a64/kernel.h>

#include <base/string.h>
#include <common/port.h>

#define PSCI_CPU_ON 0xC4000003u
#define PSCI_SYSTEM_OFF 0x84000008u
#define PSCI_SYSTEM_RESET 0x84000009u
#define PSCI_SUCCESS 0u

static KSTATE enum psci_conduit conduit;

/* If nobody takes the call, the instruction is skipped, and x0 is still the function: no success. */
static uint64_t call(uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
    register uint64_t x0 __asm__("x0") = function;
    register uint64_t x1 __asm__("x1") = a;
    register uint64_t x2 __asm__("x2") = b;
    register uint64_t x3 __asm__("x3") = c;

    if (conduit == PSCI_HVC)
        __asm__ volatile("1: hvc #0\n" FIXUP : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) : : "memory");
    else if (conduit == PSCI_SMC)
        __asm__ volatile("1: smc #0\n" FIXUP : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) : : "memory");
    return x0;
}

void psci_guess(uint32_t entry)
{
    conduit = entry == ENTRY_EL3 ? PSCI_NONE : entry == ENTRY_EL2 ? PSCI_SMC : PSCI_HVC;
}

void psci_init(const struct fdt *fdt)
{
    uint32_t node = fdt_find_compatible(fdt, FDT_NONE, "arm,psci-1.0");
    const char *method;

    if (node == FDT_NONE)
        node = fdt_find_compatible(fdt, FDT_NONE, "arm,psci-0.2");
    conduit = PSCI_NONE;
    if (!fdt_prop_string(fdt, node, "method", &method))
        return;
    if (str_eq(method, "hvc"))
        conduit = PSCI_HVC;
    else if (str_eq(method, "smc"))
        conduit = PSCI_SMC;
    else
        boot_warn("PSCI method '%s' is not known: no power-off, no other CPUs", method);
}

bool psci_is_there(void)
{
    return conduit != PSCI_NONE;
}

bool psci_cpu_on(uint64_t affinity, paddr_t entry, uint64_t context)
{
    return call(PSCI_CPU_ON, affinity, entry, context) == PSCI_SUCCESS;
}

void port_power_off(void)
{
    (void)call(PSCI_SYSTEM_OFF, 0, 0, 0);
}

void port_reset(void)
{
    (void)call(PSCI_SYSTEM_RESET, 0, 0, 0);
}
