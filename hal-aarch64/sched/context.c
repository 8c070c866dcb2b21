/* SPDX-License-Identifier: MIT */
#include <arch/context.h>

#include <a64/kernel.h>

/* As arch_context_switch() leaves a stack: frame record, then x19-x28. */
struct switch_frame {
    uint64_t x29, x30;
    uint64_t x19[10];
};

void arch_context_init(struct arch_context *ctx, const struct arch_kstack *stack, void (*entry)(void *arg), void *arg)
{
    struct switch_frame *frame = (struct switch_frame *)(uintptr_t)stack->top - 1;

    *frame = (struct switch_frame){
        .x30 = (uintptr_t)context_start, .x19 = {(uintptr_t)entry, (uintptr_t)arg}}; /* x29 = 0 ends backtraces */
    ctx->sp = (uintptr_t)frame;
}

void arch_context_adopt(struct arch_context *ctx)
{
    ctx->sp = 0; /* filled by the first switch away */
}

/* SP_EL1 stands still while user mode runs, so a trap finds the stack that user mode was entered from. */
void arch_set_kernel_stack(const struct arch_kstack *stack)
{
    (void)stack;
}
