/* SPDX-License-Identifier: MIT */
/*
 * What a panic shows. Host addresses differ from run to run and a transcript may not, so code addresses are given as
 * they stand in the executable file, which is also what debuggers and symbolisers want.
 */
#include <arch/debug.h>
#include <base/compiler.h>
#include <sim/guest.h>
#include <sim/host.h>

#include "hal_priv.h"

void arch_trace_event(const struct trace_event *event)
{
    host_trace(event);
}

void arch_note_user_read(const struct arch_space *space, vaddr_t va, size_t len)
{
    if (sim_port.user_reads)
        host_user_read(space->root, va, len);
}

void arch_set_crash_handler(void (*handler)(const char *what))
{
    hal_state.crash_handler = handler;
}

void guest_crash(const char *what)
{
    if (hal_state.crash_handler != NULL)
        hal_state.crash_handler(what);
}

/* Frame pointers: each frame begins with the caller's frame pointer, followed by the return address. */
uint32_t arch_backtrace(uintptr_t *pcs, uint32_t max)
{
    uintptr_t low;
    uint64_t size;
    uint32_t count = 0;
    const struct host_crash *crash = host_crash();
    const uintptr_t *frame = __builtin_frame_address(0);

    if (crash != NULL && max > 0) { /* this runs on another stack */
        pcs[count++] = host_code_address(crash->pc);
        frame = (const uintptr_t *)crash->frame;
    }
    host_fiber_stack(host_fiber_self(), &low, &size);
    while (count < max && (uintptr_t)frame - low < size - 2 * sizeof *frame && (uintptr_t)frame % sizeof *frame == 0) {
        uintptr_t pc = host_code_address(frame[1]);
        if (pc == 0)
            break; /* the bottom of the stack is the host's */
        pcs[count++] = pc;
        if (frame[0] <= (uintptr_t)frame)
            break;
        frame = (const uintptr_t *)frame[0];
    }
    return count;
}

bool arch_kernel_register(uint32_t i, const char **name, uint64_t *value)
{
    const struct host_crash *crash = host_crash();
    uintptr_t pc = crash != NULL ? crash->pc : (uintptr_t)__builtin_return_address(0);
    uintptr_t sp = crash != NULL ? crash->sp : (uintptr_t)__builtin_frame_address(0);
    uintptr_t low;
    uint64_t size;

    host_fiber_stack(host_fiber_self(), &low, &size);
    switch (i) {
    case 0:
        *name = "pc";
        *value = host_code_address(pc);
        return true;
    case 1:
        *name = "stack-used";
        *value = low + size - sp;
        return true;
    default:
        return false;
    }
}
