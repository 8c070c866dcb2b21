/* SPDX-License-Identifier: MIT */
#include <common/kstack.h>

#include <abi/status.h>
#include <arch/context.h>
#include <arch/memory.h>
#include <arch/mmu.h>
#include <common/kernel_map.h>
#include <common/port.h>

static KSTATE struct {
    const struct frame_source *frames;  /* [I] */
    uint64_t mapped[KSTACK_COUNT / 64]; /* a set bit: the index has its frames. The caller serialises, as for its stack */
} state;

static vaddr_t stack_base(uint32_t index)
{
    return PORT_KSTACK_VBASE + (uint64_t)index * KSTACK_SPAN + PAGE_SIZE;
}

void kstack_init(const struct frame_source *frames)
{
    state.frames = frames;
}

int32_t kstack_guard_index(vaddr_t va)
{
    uint64_t offset = va - PORT_KSTACK_VBASE;

    return offset / KSTACK_SPAN < KSTACK_COUNT && offset % KSTACK_SPAN < PAGE_SIZE ? (int32_t)(offset / KSTACK_SPAN) : -1;
}

/* Pages that a failed attempt has mapped stay for the next one. */
static status_t map_stack(vaddr_t base)
{
    for (vaddr_t va = base; va < base + ARCH_STACK_SIZE; va += PAGE_SIZE) {
        struct pt_leaf leaf;
        paddr_t frame;
        status_t status;

        if (hal_map_walk(va, &leaf) == STATUS_OK)
            continue;
        status = state.frames->alloc(state.frames->ctx, &frame);
        if (status != STATUS_OK)
            return status;
        status = hal_map_kernel_page(va, frame, state.frames);
        if (status != STATUS_OK) {
            state.frames->free(state.frames->ctx, frame);
            return status;
        }
    }
    return STATUS_OK;
}

status_t arch_kstack_create(struct arch_kstack *stack, uint32_t index)
{
    stack->top = 0;
    if (index >= KSTACK_COUNT)
        return ERR_INVALID_ARGS;
    if ((state.mapped[index / 64] >> index % 64 & 1) == 0) {
        status_t status = map_stack(stack_base(index));
        if (status != STATUS_OK)
            return status;
        port_kernel_map_changed();
        __atomic_fetch_or(&state.mapped[index / 64], UINT64_C(1) << index % 64, __ATOMIC_RELAXED);
    }
    stack->top = stack_base(index) + ARCH_STACK_SIZE;
    return STATUS_OK;
}

void arch_kstack_destroy(struct arch_kstack *stack)
{
    stack->top = 0; /* the frames wait for the next user of the index */
}
