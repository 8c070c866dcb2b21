/* SPDX-License-Identifier: MIT */
/* What a panic shows of the kernel: the frames below the running function, or below the place of the crash. */
#include <arch/debug.h>

#include <abi/status.h>
#include <arch/cpu.h>
#include <arch/isa.h>
#include <common/cpu.h>
#include <common/kernel_map.h>
#include <common/port.h>
#include <x86/asm.h>
#include <x86/cpu.h>
#include <x86/spin.h>

static KSTATE struct {
    struct x86_lock debug_port; /* lines of several CPUs do not mix */
} state;

/* Both words of a frame can be read: they lie in the kernel half, on pages that are there. */
static bool is_readable(const uintptr_t *frame)
{
    struct pt_leaf leaf;
    vaddr_t va = (uintptr_t)frame;

    return va >= ARCH_KERNEL_VBASE && va % (2 * sizeof *frame) == 0 && hal_map_walk(va, &leaf) == STATUS_OK;
}

/* Each frame begins with the caller's frame pointer, followed by the return address; 0 ends the chain. */
uint32_t arch_backtrace(uintptr_t *pcs, uint32_t max)
{
    const struct trap_frame *crash = hal_cpu()->port.crash;
    const uintptr_t *frame = crash != NULL ? (const uintptr_t *)crash->rbp : __builtin_frame_address(0);
    uint32_t count = 0;

    if (crash != NULL && max > 0)
        pcs[count++] = crash->rip;
    while (count < max && is_readable(frame) && frame[1] != 0) {
        const uintptr_t *next = (const uintptr_t *)frame[0];
        pcs[count++] = frame[1];
        if (next <= frame)
            break;
        frame = next;
    }
    return count;
}

static uint64_t read_vector(const struct trap_frame *frame)
{
    return frame->vector;
}

static uint64_t read_error(const struct trap_frame *frame)
{
    return frame->error;
}

static uint64_t read_cr2(const struct trap_frame *frame)
{
    (void)frame;
    return x86_read_cr2();
}

static uint64_t read_cr3(const struct trap_frame *frame)
{
    (void)frame;
    return x86_read_cr3();
}

static const struct {
    const char *name;
    uint64_t (*read)(const struct trap_frame *frame);
} extra[] = {{"vector", read_vector}, {"error", read_error}, {"cr2", read_cr2}, {"cr3", read_cr3}};

/* Without a crash there is only where this was called from. */
static bool own_register(uint32_t i, const char **name, uint64_t *value)
{
    if (i > 1)
        return false;
    *name = i == 0 ? "rip" : "rsp";
    *value = i == 0 ? (uintptr_t)__builtin_return_address(0) : (uintptr_t)__builtin_frame_address(0);
    return true;
}

bool arch_kernel_register(uint32_t i, const char **name, uint64_t *value)
{
    const struct trap_frame *crash = hal_cpu()->port.crash;
    uint32_t general = 0;
    const char *unused;
    uint64_t ignored;

    if (crash == NULL)
        return own_register(i, name, value);
    if (isa_frame_register(crash, i, name, value))
        return true;
    while (isa_frame_register(crash, general, &unused, &ignored))
        general++;
    if (i - general >= ARRAY_LEN(extra))
        return false;
    *name = extra[i - general].name;
    *value = extra[i - general].read(crash);
    return true;
}

void port_debug_write(const char *text)
{
    x86_lock(&state.debug_port);
    for (; *text != '\0'; text++)
        x86_out8(PORT_DEBUG, (uint8_t)*text);
    x86_unlock(&state.debug_port);
}
