/* SPDX-License-Identifier: MIT */
/* The other CPUs: which there are, and starting them by PSCI. */
#include <arch/smp.h>

#include <a64/gic.h>
#include <a64/kernel.h>
#include <a64/sysreg.h>
#include <abi/status.h>
#include <base/string.h>
#include <common/kernel_map.h>

/* What a starting CPU reads before its MMU is on; offsets in a64/offsets.h. A cache line of its own. */
struct secondary {
    paddr_t ttbr1;
    uint64_t stack;
    struct hal_cpu *cpu;
} __attribute__((aligned(64)));

_Static_assert(offsetof(struct secondary, ttbr1) == SECONDARY_TTBR1, "ttbr1");
_Static_assert(offsetof(struct secondary, stack) == SECONDARY_STACK, "stack");
_Static_assert(offsetof(struct secondary, cpu) == SECONDARY_CPU, "cpu");

static KSTATE struct secondary secondary[ARCH_MAX_CPUS];

/* -- Which there are -- */

static bool is_cpu(const struct fdt *fdt, uint32_t node)
{
    const char *text;

    return fdt_prop_string(fdt, node, "device_type", &text) && str_eq(text, "cpu") && device_is_okay(fdt, node);
}

static bool has_psci(const struct fdt *fdt, uint32_t node)
{
    const char *method;

    return psci_is_there() && fdt_prop_string(fdt, node, "enable-method", &method) && str_eq(method, "psci");
}

static bool is_known(uint64_t affinity)
{
    for (uint32_t i = 0; i < hal_state.cpu_count; i++) {
        if (hal_state.cpu[i].hardware_id == affinity)
            return true;
    }
    return false;
}

void cpus_init(const struct fdt *fdt)
{
    uint32_t node = fdt_node_child(fdt, fdt_find_path(fdt, "/cpus"));
    uint32_t foreign = 0, many = 0;
    uint64_t affinity, none;

    for (; node != FDT_NONE; node = fdt_node_sibling(fdt, node)) {
        if (!is_cpu(fdt, node) || !fdt_reg(fdt, node, 0, &affinity, &none) || is_known(affinity))
            continue;
        if (!has_psci(fdt, node))
            foreign++;
        else if (hal_state.cpu_count == ARCH_MAX_CPUS)
            many++;
        else
            hal_cpu_add(affinity);
    }
    if (foreign != 0)
        boot_warn("%u CPUs cannot be started by PSCI and are ignored", foreign);
    if (many != 0)
        boot_warn("%u more CPUs than the %u supported are ignored", many, ARCH_MAX_CPUS);
}

/* -- Starting -- */

static void clean_to_memory(const void *p, size_t size)
{
    uint64_t line = 4u << (SYSREG_READ(ctr_el0) >> 16 & 15u);

    for (uintptr_t at = (uintptr_t)p & ~(line - 1); at < (uintptr_t)p + size; at += line)
        __asm__ volatile("dc cvac, %0" : : "r"(at) : "memory");
    DSB(sy);
}

status_t arch_start_cpu(uint32_t number, void (*entry)(uint32_t cpu))
{
    if (number == 0 || number >= hal_state.cpu_count)
        return ERR_INVALID_ARGS;
    struct hal_cpu *cpu = &hal_state.cpu[number];
    struct secondary *args = &secondary[number];
    uint32_t stopped = HAL_CPU_STOPPED;

    if (!__atomic_compare_exchange_n(&cpu->state, &stopped, HAL_CPU_RUNNING, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return ERR_BAD_STATE;
    cpu->entry = entry;
    *args = (struct secondary){
        .ttbr1 = hal_map.root, .stack = (uintptr_t)boot_stacks[number] + BOOT_STACK_TOP, .cpu = cpu};
    clean_to_memory(args, sizeof *args);
    if (psci_cpu_on(cpu->hardware_id, hal_image_phys(secondary_start), hal_image_phys(args)))
        return STATUS_OK;
    __atomic_store_n(&cpu->state, HAL_CPU_STOPPED, __ATOMIC_RELEASE);
    return ERR_BAD_STATE;
}

void secondary_main(struct hal_cpu *cpu)
{
    cpu_bind(cpu);
    mmu_finish();
    cpu->entry(cpu->id);
    hal_crash("a CPU's entry function returned");
}

void arch_send_ipi(uint32_t cpu_mask, uint32_t vector)
{
    gic.driver->send(cpu_mask & ((1u << hal_state.cpu_count) - 1), vector);
}
