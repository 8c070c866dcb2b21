/* SPDX-License-Identifier: MIT */
/* The conformance kernel: sets the machine up as a kernel would, runs the suite in a thread context, powers off. */
#include <arch/context.h>
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/memory.h>

#include "suite.h"

#define FRAMES_MAX 2048u /* of the range that tests use */
#define EXIT_CODE_MAX 63u

static const struct hal_group *const groups[] = {
    &hal_boot_group, &hal_irq_group,     &hal_timer_group, &hal_device_group, &hal_mmu_group,   &hal_copy_group,
    &hal_context_group, &hal_user_group, &hal_trap_group,  &hal_tlb_group,    &hal_smp_group,   &hal_stale_group,
};

static struct arch_kstack stack;
static struct arch_context boot_context, suite_context;

static void run_suite(void *arg)
{
    (void)arg;
    arch_set_kernel_stack(&stack);
    hal_die(hal.info->cmdline);
    uint32_t failures = hal_run(groups, ARRAY_LEN(groups));
    arch_power_off(ARCH_OFF_DONE, failures < EXIT_CODE_MAX ? failures : EXIT_CODE_MAX);
}

void hal_step_aside(void)
{
    arch_context_switch(&suite_context, &boot_context);
}

static void find_frames(void)
{
    const struct boot_mmap_entry *best = NULL;
    hal.map_count = BOOT_MMAP_MAX;
    if (arch_parse_memory_map(hal.info, hal.map, &hal.map_count) != STATUS_OK)
        arch_panic("conformance: no memory map");
    for (uint32_t i = 0; i < hal.map_count; i++) {
        if (hal.map[i].type == BOOT_MMAP_USABLE && (best == NULL || hal.map[i].size > best->size))
            best = &hal.map[i];
    }
    if (best == NULL)
        arch_panic("conformance: no usable memory");
    paddr_t first = (best->base + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE;
    uint64_t count = (best->base + best->size - first) / PAGE_SIZE;
    test_frames_init(&hal.frames, first, (uint32_t)(count < FRAMES_MAX ? count : FRAMES_MAX));
}

void kernel_main(const struct boot_info *info)
{
    arch_serial_early_init();
    arch_cpu_init();
    arch_interrupt_init();
    hal.info = info;
    find_frames();
    if (arch_mmu_init(&hal.frames.source) != STATUS_OK)
        arch_panic("conformance: arch_mmu_init");
    if (arch_kstack_create(&stack, 0) != STATUS_OK)
        arch_panic("conformance: arch_kstack_create");
    arch_context_init(&suite_context, &stack, run_suite, NULL);
    arch_context_adopt(&boot_context);
    for (;;)
        arch_context_switch(&boot_context, &suite_context);
}
