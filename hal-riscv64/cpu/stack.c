/* SPDX-License-Identifier: MIT */
#include <riscv/stack.h>

#include <arch/memory.h>
#include <common/cpu.h>
#include <common/kernel_map.h>
#include <common/kstack.h>
#include <common/port.h>
#include <riscv/priv.h>

struct boot_stack boot_stacks[ARCH_MAX_CPUS * BOOT_STACK_KINDS] __attribute__((aligned(PAGE_SIZE)));

void stacks_init(void)
{
    for (uint32_t i = 0; i < ARCH_MAX_CPUS; i++) {
        struct boot_stack *own = &boot_stacks[i * BOOT_STACK_KINDS];
        hal_state.cpu[i].port.boot_top = (uintptr_t)(own[BOOT_STACK_MAIN].bytes + BOOT_STACK_SIZE);
        hal_state.cpu[i].port.exception_top = (uintptr_t)(own[BOOT_STACK_EXCEPTION].bytes + BOOT_STACK_SIZE);
    }
}

bool port_boot_guard(uint32_t index, paddr_t *guard)
{
    if (index >= ARRAY_LEN(boot_stacks))
        return false;
    *guard = hal_image_phys(boot_stacks[index].guard);
    return true;
}

vaddr_t stack_top_of(vaddr_t sp)
{
    uint64_t in_window = sp - PORT_KSTACK_VBASE;
    uint64_t in_boot = sp - (uintptr_t)boot_stacks;

    if (in_window / KSTACK_SPAN < KSTACK_COUNT && !stack_is_guard(sp))
        return PORT_KSTACK_VBASE + (in_window / KSTACK_SPAN + 1) * KSTACK_SPAN;
    if (in_boot < sizeof boot_stacks && !stack_is_guard(sp))
        return (uintptr_t)boot_stacks + (in_boot / sizeof *boot_stacks + 1) * sizeof *boot_stacks;
    return 0;
}

bool stack_is_guard(vaddr_t va)
{
    uint64_t in_boot = va - (uintptr_t)boot_stacks;

    return kstack_guard_index(va) >= 0 ||
           (in_boot < sizeof boot_stacks && in_boot % sizeof *boot_stacks < BOOT_STACK_GUARD);
}
