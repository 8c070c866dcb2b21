/* SPDX-License-Identifier: MIT */
/* Kernel contexts: a thin layer over fibers. */
#include <abi/status.h>

#include "null_priv.h"

status_t arch_kstack_create(struct arch_kstack *stack, uint32_t index)
{
    if (index >= NULL_STACK_CPU || null_machine.kstacks_live >= null_machine.kstacks_max)
        return ERR_NO_MEMORY;
    struct null_stack *s = null_stack_get(NULL_STACK_KERNEL + index);
    if (s->live)
        null_misuse("kernel stack index is in use");
    s->live = true;
    stack->stack = s;
    null_machine.kstacks_live++;
    return STATUS_OK;
}

void arch_kstack_destroy(struct arch_kstack *stack)
{
    if (stack->stack == NULL || !stack->stack->live)
        null_misuse("this kernel stack does not exist");
    stack->stack->live = false;
    stack->stack = NULL;
    null_machine.kstacks_live--;
}

void null_limit_kstacks(uint32_t count)
{
    null_machine.kstacks_max = null_machine.kstacks_live + count;
}

uint32_t null_live_kstacks(void)
{
    return null_machine.kstacks_live;
}

void arch_context_init(struct arch_context *ctx, const struct arch_kstack *stack, void (*entry)(void *arg), void *arg)
{
    null_fiber_init(ctx, stack->stack, entry, arg);
}

void arch_context_switch(struct arch_context *from, struct arch_context *to)
{
    struct null_cpu *cpu = &null_machine.cpu[null_port.cpu];
    from->stack = cpu->running->stack; /* `from` need not be what it ran as before */
    cpu->running = to;
    null_fiber_switch(from, to, true);
}

void arch_context_adopt(struct arch_context *ctx)
{
    struct null_cpu *cpu = &null_machine.cpu[null_port.cpu];
    ctx->stack = cpu->running->stack;
    cpu->running = ctx;
}

void arch_set_kernel_stack(const struct arch_kstack *stack)
{
    if (stack->stack == NULL || !stack->stack->live)
        null_misuse("this kernel stack does not exist");
    null_machine.cpu[null_port.cpu].trap_stack = stack->stack;
}
