/* SPDX-License-Identifier: MIT */
#include <arch/context.h>

#include <x86/entry.h>

/* What context_switch() takes from a stack, lowest address first. */
struct switch_frame {
    uint64_t r15, r14, r13, r12, rbx, rbp, rip;
    uint64_t bottom[2]; /* the stack is aligned where context_begin calls */
};

void arch_context_init(struct arch_context *ctx, const struct arch_kstack *stack, void (*entry)(void *arg), void *arg)
{
    struct switch_frame *frame = (struct switch_frame *)(uintptr_t)stack->top - 1;

    *frame = (struct switch_frame){.r12 = (uintptr_t)entry, .r13 = (uintptr_t)arg, .rip = (uintptr_t)context_begin};
    ctx->sp = (uintptr_t)frame;
}

void arch_context_switch(struct arch_context *from, struct arch_context *to)
{
    context_switch(&from->sp, to->sp);
}

void arch_context_adopt(struct arch_context *ctx)
{
    ctx->sp = 0; /* the first switch away saves it */
}

void arch_set_kernel_stack(const struct arch_kstack *stack)
{
    (void)stack; /* a trap returns to the caller of arch_user_run(), on the stack it runs on */
}
