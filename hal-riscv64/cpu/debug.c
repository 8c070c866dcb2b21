/* SPDX-License-Identifier: MIT */
/* What a panic shows of the kernel context that it is about. */
#include <arch/debug.h>

#include <arch/isa.h>
#include <common/cpu.h>
#include <common/kernel_map.h>
#include <riscv/priv.h>

/*
 * With frame pointers, s0 is the end of a frame; the return address and the caller's s0 are the last two words in it. A
 * function that calls nothing keeps its return address in ra, and the caller's s0 is the last word. A damaged chain ends
 * the walk.
 */
#define LAST (-1)
#define LAST_BUT_ONE (-2)
#define FRAME_POINTER 7 /* s0 in a trap frame */
#define RETURN_ADDRESS 0

struct walk {
    vaddr_t sp, frame, top;
    uintptr_t *pcs;
    uint32_t count, max;
};

static bool is_text(uintptr_t pc)
{
    return pc >= (uintptr_t)image_start && pc < (uintptr_t)image_text_end;
}

/* False: the frame does not lie on the stack, above the one before. */
static bool is_frame(const struct walk *walk)
{
    return walk->frame > walk->sp + sizeof(uintptr_t) && walk->frame <= walk->top && walk->frame % sizeof(uintptr_t) == 0;
}

static bool step(struct walk *walk, uintptr_t pc, vaddr_t caller)
{
    if (!is_text(pc) || walk->count == walk->max)
        return false;
    walk->pcs[walk->count++] = pc;
    walk->sp = walk->frame;
    walk->frame = caller;
    return true;
}

/* Begin where the kernel faulted. */
static bool step_from_crash(struct walk *walk, const struct trap_frame *crash)
{
    walk->frame = crash->x[FRAME_POINTER];
    walk->sp = isa_frame_sp(crash);
    walk->top = stack_top_of(walk->frame - 1); /* of the frame: after an overflow sp lies on no stack */
    if (walk->max == 0)
        return false;
    walk->pcs[walk->count++] = crash->sepc;
    if (!is_frame(walk))
        return false;
    uintptr_t last = ((const uintptr_t *)walk->frame)[LAST];
    return is_text(last) || step(walk, crash->x[RETURN_ADDRESS], last);
}

uint32_t arch_backtrace(uintptr_t *pcs, uint32_t max)
{
    const struct trap_frame *crash = hal_cpu()->port.crash;
    vaddr_t here = (uintptr_t)__builtin_frame_address(0);
    struct walk walk = {.sp = here - 2 * sizeof here, .frame = here, .top = stack_top_of(here - 1), .pcs = pcs, .max = max};

    if (crash != NULL && !step_from_crash(&walk, crash))
        return walk.count;
    while (is_frame(&walk)) {
        const uintptr_t *end = (const uintptr_t *)walk.frame;
        if (!step(&walk, end[LAST], end[LAST_BUT_ONE]))
            break;
    }
    return walk.count;
}

bool arch_kernel_register(uint32_t i, const char **name, uint64_t *value)
{
    const struct trap_frame *crash = hal_cpu()->port.crash;

    if (crash != NULL)
        return isa_frame_register(crash, i, name, value);
    switch (i) {
    case 0:
        *name = "pc";
        *value = (uintptr_t)__builtin_return_address(0);
        return true;
    case 1:
        *name = "sp";
        *value = (uintptr_t)__builtin_frame_address(0);
        return true;
    default:
        return false;
    }
}
