/* SPDX-License-Identifier: MIT */
/* What a panic shows of the kernel context that it is about. */
#include <arch/debug.h>

#include <arch/isa.h>
#include <common/cpu.h>
#include <riscv/priv.h>

/*
 * With frame pointers, s0 is the end of a frame; the return address and the caller's s0 are the last two words in it. A
 * damaged chain ends the walk.
 */
#define RETURN_ADDRESS (-1)
#define CALLER_FRAME (-2)

uint32_t arch_backtrace(uintptr_t *pcs, uint32_t max)
{
    const struct trap_frame *crash = hal_cpu()->port.crash;
    vaddr_t frame = (uintptr_t)__builtin_frame_address(0), sp = frame - 1;
    uint32_t count = 0;

    if (crash != NULL && max > 0) {
        pcs[count++] = crash->sepc;
        frame = crash->x[7]; /* s0 */
        sp = isa_frame_sp(crash);
    }
    vaddr_t top = stack_top_of(sp);
    while (count < max && frame > sp && frame <= top && frame % sizeof(uintptr_t) == 0) {
        const uintptr_t *end = (const uintptr_t *)frame;
        pcs[count++] = end[RETURN_ADDRESS];
        sp = frame;
        frame = end[CALLER_FRAME];
    }
    return count;
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
