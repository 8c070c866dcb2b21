/* SPDX-License-Identifier: MIT */
/* Faults of the kernel itself: repaired where an instruction is marked for it, else reported. */
#include <a64/kernel.h>

#include <abi/status.h>
#include <arch/debug.h>
#include <common/kernel_map.h>
#include <common/kstack.h>
#include <common/port.h>

#define ESR_CLASS(esr) ((esr) >> 26 & 0x3F)
#define EC_UNKNOWN 0x00u
#define EC_ILLEGAL_STATE 0x0Eu
#define EC_INSN_ABORT 0x21u
#define EC_PC_ALIGN 0x22u
#define EC_DATA_ABORT 0x25u
#define EC_SP_ALIGN 0x26u
#define EC_BRK 0x3Cu

static bool has_fixup(uintptr_t pc)
{
    for (const int32_t *p = fixups_start; p < fixups_end; p++) {
        if ((uintptr_t)p + (uintptr_t)(intptr_t)*p == pc)
            return true;
    }
    return false;
}

static bool is_guard(vaddr_t va)
{
    paddr_t guard;

    for (uint32_t i = 0; port_boot_guard(i, &guard); i++) {
        if (va - (uintptr_t)hal_direct(guard) < PAGE_SIZE)
            return true;
    }
    return kstack_guard_index(va) >= 0;
}

static const char *name_of(const struct crash_frame *frame, uint32_t cause)
{
    if (cause == CAUSE_SERROR)
        return "system error: some device access failed";
    if (cause != CAUSE_SYNC)
        return "interrupt where none is taken";
    switch (ESR_CLASS(frame->esr)) {
    case EC_DATA_ABORT:
        return is_guard(frame->far) ? "kernel stack overflow" : "invalid memory access";
    case EC_INSN_ABORT:
    case EC_PC_ALIGN:
        return "jump to nowhere";
    case EC_SP_ALIGN:
        return "misaligned stack";
    case EC_BRK:
        return "breakpoint";
    case EC_UNKNOWN:
    case EC_ILLEGAL_STATE:
        return "illegal instruction";
    default:
        return "unexpected exception";
    }
}

void kernel_fault(struct crash_frame *frame, uint32_t cause)
{
    if (cause == CAUSE_SYNC && has_fixup(frame->pc)) {
        frame->pc += 4;
        return;
    }
    hal_cpu()->port.crash = frame;
    hal_crash(name_of(frame, cause));
}

/* -- What a panic shows -- */

static bool is_mapped(uintptr_t va)
{
    struct pt_leaf leaf;

    return va >= ARCH_KERNEL_VBASE && hal_map.root != 0 && hal_map_walk(va, &leaf) == STATUS_OK;
}

/* Code addresses as they stand in the executable file, wherever the loader has put the kernel. */
static uintptr_t as_linked(uintptr_t pc)
{
    uintptr_t start = (uintptr_t)image_start;

    return pc - start < (uintptr_t)image_text_end - start ? pc - start + ARCH_KERNEL_VBASE + ARCH_KERNEL_LOAD : pc;
}

/* Frame records: the caller's record, then the return address. They go up the stack, whose end is a record of 0. */
uint32_t arch_backtrace(uintptr_t *pcs, uint32_t max)
{
    const struct crash_frame *crash = hal_cpu()->port.crash;
    uintptr_t frame = crash != NULL ? crash->x[29] : (uintptr_t)__builtin_frame_address(0);
    uint32_t count = 0;

    if (crash != NULL && max > 0)
        pcs[count++] = as_linked(crash->pc);
    while (count < max && frame % 16 == 0 && is_mapped(frame)) {
        const uintptr_t *record = (const uintptr_t *)frame;
        if (record[1] == 0)
            break;
        pcs[count++] = as_linked(record[1]);
        if (record[0] <= frame)
            break;
        frame = record[0];
    }
    return count;
}

static const char *const names[] = {
    "x0",  "x1",  "x2",  "x3",  "x4",  "x5",  "x6",  "x7",  "x8",  "x9",  "x10", "x11", "x12", "x13", "x14", "x15",
    "x16", "x17", "x18", "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28", "x29", "x30",
    "sp",  "pc",  "pstate", "esr", "far",
};

_Static_assert(sizeof(struct crash_frame) == ARRAY_LEN(names) * sizeof(uint64_t), "a name for each");

bool arch_kernel_register(uint32_t i, const char **name, uint64_t *value)
{
    const struct crash_frame *crash = hal_cpu()->port.crash;

    if (crash != NULL && i < ARRAY_LEN(names)) {
        *name = names[i];
        *value = (&crash->x[0])[i];
        return true;
    }
    if (crash != NULL || i > 1)
        return false;
    *name = i == 0 ? "pc" : "sp";
    *value = i == 0 ? (uintptr_t)__builtin_return_address(0) : (uintptr_t)__builtin_frame_address(0);
    return true;
}
