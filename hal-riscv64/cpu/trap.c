/* SPDX-License-Identifier: MIT */
/* Faults of the kernel itself: the few that are expected go on elsewhere, the others are reported. */
#include <arch/debug.h>
#include <common/cpu.h>
#include <riscv/csr.h>
#include <riscv/fixup.h>
#include <riscv/priv.h>

static bool fix_up(struct trap_frame *frame)
{
    for (const struct fixup *f = fixups_start; f < fixups_end; f++) {
        if (f->fault == frame->sepc) {
            frame->sepc = f->resume;
            return true;
        }
    }
    return false;
}

static const char *name_of(uint64_t cause, uint64_t value)
{
    switch (cause) {
    case CAUSE_FETCH_PAGE:
    case CAUSE_LOAD_PAGE:
    case CAUSE_STORE_PAGE:
        return stack_is_guard(value) ? "kernel stack overflow" : "invalid memory access";
    case CAUSE_FETCH_ACCESS:
    case CAUSE_LOAD_ACCESS:
    case CAUSE_STORE_ACCESS:
        return "access to memory that is not there";
    case CAUSE_ILLEGAL:
        return "illegal instruction";
    case CAUSE_BREAKPOINT:
        return "breakpoint";
    case CAUSE_FETCH_MISALIGNED:
    case CAUSE_LOAD_MISALIGNED:
    case CAUSE_STORE_MISALIGNED:
        return "misaligned access";
    default:
        return "unexpected trap";
    }
}

static bool is_page_fault(uint64_t cause)
{
    return cause == CAUSE_FETCH_PAGE || cause == CAUSE_LOAD_PAGE || cause == CAUSE_STORE_PAGE;
}

/* The same address twice in a row is no coincidence. */
static bool is_spurious(uint64_t cause, uint64_t value)
{
    struct port_cpu *port = &hal_cpu()->port;
    bool again = port->repaired == value;

    port->repaired = value;
    return is_page_fault(cause) && !again && mmu_is_spurious(cause, value);
}

void kernel_exception(struct trap_frame *frame, uint64_t cause, uint64_t value)
{
    if (fix_up(frame) || is_spurious(cause, value))
        return;
    hal_cpu()->port.crash = frame;
    hal_crash(name_of(cause, value));
}
