/* SPDX-License-Identifier: MIT */
/* User mode: entering it, and why it stopped. */
#include <arch/context.h>

#include <abi/status.h>
#include <arch/isa.h>
#include <arch/memory.h>
#include <arch/mmu.h>
#include <common/cpu.h>
#include <common/port.h>
#include <isa/insn.h>
#include <riscv/csr.h>
#include <riscv/priv.h>

#define CALL_SIZE 4 /* ECALL has no compressed form */
#define NO_ADDRESS 1 /* no page fault is repaired at an odd address that is not mapped */

void arch_user_init(struct arch_user *user, vaddr_t entry, vaddr_t sp)
{
    isa_frame_init(&user->frame, entry, sp);
}

/* -- Why it stopped -- */

/* FP is off and counters are closed, so both come as illegal instructions. */
static enum arch_trap_kind illegal_kind(vaddr_t pc)
{
    const struct arch_space *space = hal_cpu()->space;
    uint8_t code[4];
    uint32_t have = sizeof code;
    enum isa_insn_class class = ISA_INSN_OTHER;

    if (arch_copy_from_user(space, code, (struct uaddr){pc}, have) != STATUS_OK) {
        have = 2; /* a short one at the end of a page */
        if (arch_copy_from_user(space, code, (struct uaddr){pc}, have) != STATUS_OK)
            return ARCH_TRAP_ILLEGAL;
    }
    (void)isa_insn_decode(code, have, &class);
    if (class == ISA_INSN_FP)
        return ARCH_TRAP_FP;
    return class == ISA_INSN_COUNTER ? ARCH_TRAP_COUNTER : ARCH_TRAP_ILLEGAL;
}

static bool is_allowed(uint32_t flags, enum arch_access access)
{
    return (flags & ARCH_MAP_USER) != 0 && (access != ARCH_ACCESS_WRITE || (flags & ARCH_MAP_WRITABLE) != 0) &&
           (access != ARCH_ACCESS_EXECUTE || (flags & ARCH_MAP_NO_EXECUTE) == 0);
}

/*
 * The hart does not say whether something was mapped; the tables do. False: they allow the access, so the hart still knew
 * what had been there before, which it may; now it does not any more. The kernel half counts as mapped everywhere.
 */
static bool page_fault(struct arch_trap *trap, enum arch_access access, vaddr_t addr, vaddr_t *repaired)
{
    uint32_t flags;

    trap->kind = ARCH_TRAP_PAGE;
    trap->access = access;
    trap->addr = addr;
    trap->permission = addr >= ~(vaddr_t)ARCH_USER_VTOP;
    if (addr > ARCH_USER_VTOP || arch_walk(hal_cpu()->space, addr, NULL, &flags) != STATUS_OK)
        return true;
    trap->permission = true;
    if (!is_allowed(flags, access) || addr == *repaired)
        return true;
    port_tlb_flush_page(addr);
    *repaired = addr;
    return false;
}

static bool exception(struct trap_frame *frame, struct user_stop stop, struct arch_trap *trap, vaddr_t *repaired)
{
    switch (stop.cause) {
    case CAUSE_USER_CALL:
        frame->sepc += CALL_SIZE;
        trap->pc = frame->sepc;
        trap->kind = ARCH_TRAP_SYSCALL;
        return true;
    case CAUSE_FETCH_PAGE:
        return page_fault(trap, ARCH_ACCESS_EXECUTE, stop.value, repaired);
    case CAUSE_LOAD_PAGE:
        return page_fault(trap, ARCH_ACCESS_READ, stop.value, repaired);
    case CAUSE_STORE_PAGE:
        return page_fault(trap, ARCH_ACCESS_WRITE, stop.value, repaired);
    case CAUSE_ILLEGAL:
        trap->kind = illegal_kind(frame->sepc);
        return true;
    case CAUSE_BREAKPOINT:
        trap->kind = ARCH_TRAP_BREAKPOINT;
        return true;
    case CAUSE_FETCH_MISALIGNED:
    case CAUSE_LOAD_MISALIGNED:
    case CAUSE_STORE_MISALIGNED:
        trap->kind = ARCH_TRAP_ALIGN;
        return true;
    default:
        trap->kind = ARCH_TRAP_OTHER; /* memory that is not there */
        return true;
    }
}

void arch_user_run(struct arch_user *user, struct arch_trap *trap)
{
    struct trap_frame *frame = &user->frame;
    vaddr_t repaired = NO_ADDRESS;
    bool reported;

    do {
        hal_tlb_enter_user();
        struct user_stop stop = user_enter(frame);
        hal_tlb_leave_user();
        *trap = (struct arch_trap){.kind = ARCH_TRAP_INTERRUPT, .pc = frame->sepc};
        if ((stop.cause & CAUSE_INTERRUPT) != 0) {
            reported = interrupts_take();
        } else {
            trap->code = stop.cause;
            reported = exception(frame, stop, trap, &repaired);
        }
    } while (!reported);
}

/* -- What it holds -- */

void arch_user_allow_ports(struct arch_user *user, uint32_t first, uint32_t count, bool allow)
{
    (void)user; /* this ISA has no ports */
    (void)first;
    (void)count;
    (void)allow;
}
