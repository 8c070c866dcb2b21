/* SPDX-License-Identifier: MIT */
/* Kernel contexts on host fibers, and user mode on the CPU's engine. */
#include <arch/context.h>
#include <abi/status.h>
#include <arch/cpu.h>
#include <arch/isa.h>
#include <arch/memory.h>
#include <port/spend.h>

#include "hal_priv.h"

#define KSTACKS_MAX 128u

status_t arch_kstack_create(struct arch_kstack *stack, uint32_t index)
{
    stack->fiber = NULL;
    if (index >= KSTACKS_MAX)
        return ERR_INVALID_ARGS;
    stack->fiber = host_fiber_create(ARCH_STACK_SIZE);
    return stack->fiber != NULL ? STATUS_OK : ERR_NO_MEMORY;
}

void arch_kstack_destroy(struct arch_kstack *stack)
{
    host_fiber_destroy(stack->fiber);
    stack->fiber = NULL;
}

void arch_context_init(struct arch_context *ctx, const struct arch_kstack *stack, void (*entry)(void *arg), void *arg)
{
    ctx->fiber = stack->fiber;
    host_fiber_prepare(ctx->fiber, entry, arg);
}

void arch_context_switch(struct arch_context *from, struct arch_context *to)
{
    host_user_detach();
    from->fiber = host_fiber_self();
    host_fiber_switch(to->fiber);
}

void arch_context_adopt(struct arch_context *ctx)
{
    ctx->fiber = host_fiber_self();
}

void arch_set_kernel_stack(const struct arch_kstack *stack)
{
    (void)stack; /* a trap returns to the caller of arch_user_run(), on the stack it runs on */
}

/* -- User mode -- */

void arch_user_init(struct arch_user *user, vaddr_t entry, vaddr_t sp)
{
    host_user_forget(user);
    *user = (struct arch_user){.live = 0};
    isa_frame_init(&user->frame, entry, sp);
}

void arch_user_run(struct arch_user *user, struct arch_trap *trap)
{
    for (;;) {
        if (hal_take_interrupts()) {
            *trap = (struct arch_trap){.kind = ARCH_TRAP_INTERRUPT, .pc = isa_frame_pc(&user->frame)};
            break;
        }
        if (host_user_run(user, hal_cpu()->root, trap))
            break;
    }
    sim_spend(SIM_COST_TRAP);
}

void arch_user_get_call(const struct arch_user *user, struct arch_call *call)
{
    isa_frame_get_call(&user->frame, call);
}

void arch_user_set_result(struct arch_user *user, status_t status, const uint64_t w[4], uint32_t words)
{
    isa_frame_set_result(&user->frame, status, w, words);
    user->dirty = true;
}

vaddr_t arch_user_pc(const struct arch_user *user)
{
    return isa_frame_pc(&user->frame);
}

vaddr_t arch_user_sp(const struct arch_user *user)
{
    struct trap_frame frame = user->frame;

    host_user_peek(user, &frame);
    return isa_frame_sp(&frame);
}

bool arch_user_register(const struct arch_user *user, uint32_t i, const char **name, uint64_t *value)
{
    struct trap_frame frame = user->frame;

    host_user_peek(user, &frame);
    return isa_frame_register(&frame, i, name, value);
}

void arch_user_allow_ports(struct arch_user *user, uint32_t first, uint32_t count, bool allow)
{
    user->port_first = allow ? first : 0;
    user->port_count = allow ? count : 0;
}
