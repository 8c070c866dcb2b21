/* SPDX-License-Identifier: MIT */
/* Kernel contexts: a stack pointer each, everything else is on the stack. */
#include <arch/context.h>

#include <abi/types.h>
#include <base/mem.h>
#include <riscv/priv.h>

/* As context_swap() leaves it on the stack. */
struct saved {
    uint64_t ra, s[12], pad;
};

_Static_assert(sizeof(struct saved) == SAVED_SIZE, "as cpu/trap.S saves it");

void arch_context_init(struct arch_context *ctx, const struct arch_kstack *stack, void (*entry)(void *arg), void *arg)
{
    struct saved *saved = (struct saved *)stack->top - 1;

    *saved = (struct saved){.ra = (uintptr_t)context_begin, .s[1] = (uintptr_t)entry, .s[2] = (uintptr_t)arg};
    ctx->sp = (uintptr_t)saved;
}

void arch_context_switch(struct arch_context *from, struct arch_context *to)
{
    context_swap(&from->sp, to->sp);
}

void arch_context_adopt(struct arch_context *ctx)
{
    ctx->sp = 0; /* its first switch away fills it */
}

void arch_set_kernel_stack(const struct arch_kstack *stack)
{
    (void)stack; /* a trap returns to the caller of user_enter(), on the stack it runs on */
}
