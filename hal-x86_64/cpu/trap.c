/* SPDX-License-Identifier: MIT */
/* What an exception means: of user mode, for core; of the kernel, the end. */
#include <x86/trap.h>

#include <abi/status.h>
#include <arch/mmu.h>
#include <common/cpu.h>
#include <common/kstack.h>
#include <isa/insn.h>
#include <x86/asm.h>
#include <x86/cpu.h>
#include <x86/entry.h>
#include <x86/irq.h>
#include <x86/tables.h>

#define PF_PRESENT (1u << 0)
#define PF_WRITE (1u << 1)
#define PF_USER (1u << 2)
#define PF_FETCH (1u << 4)
#define DR6_RESET 0xFFFF0FF0u
#define DR6_STEP (1u << 14)
#define OPCODE_INT3 0xCCu
#define RFLAGS_IF (1u << 9)

bool trap_is_canonical(vaddr_t va)
{
    return va >> 47 == 0 || va >> 47 == 0x1FFFF;
}

/* -- User mode -- */

static bool fetch(uint8_t *bytes, vaddr_t va, uint32_t len)
{
    const struct arch_space *space = hal_cpu()->space;

    return space != NULL && arch_copy_from_user(space, bytes, (struct uaddr){va}, len) == STATUS_OK;
}

/* The instruction may end where its page does, or go on in the next. */
static enum isa_insn_class class_at(vaddr_t pc)
{
    uint8_t bytes[ISA_INSN_BYTES_MAX];
    uint32_t rest = PAGE_SIZE - (uint32_t)(pc % PAGE_SIZE), n = rest < sizeof bytes ? rest : sizeof bytes;

    if (!fetch(bytes, pc, n))
        return ISA_INSN_OTHER;
    if (n < sizeof bytes && fetch(bytes + n, pc + n, (uint32_t)sizeof bytes - n))
        n = sizeof bytes;
    return isa_insn_classify(bytes, n);
}

/* The kernel's half counts as mapped: what is in it is not the user's to know. */
static void decode_page_fault(const struct trap_frame *frame, vaddr_t address, struct arch_trap *trap)
{
    uint64_t error = frame->error | (address > ARCH_USER_VTOP ? PF_PRESENT : 0);

    trap->kind = ARCH_TRAP_PAGE;
    trap->addr = address;
    trap->permission = (error & PF_PRESENT) != 0;
    trap->access = error & PF_FETCH ? ARCH_ACCESS_EXECUTE : error & PF_WRITE ? ARCH_ACCESS_WRITE : ARCH_ACCESS_READ;
    trap->code = X86_PF | (error & (PF_PRESENT | PF_WRITE | PF_USER | PF_FETCH)) << 32;
}

static enum arch_trap_kind refused_kind(const struct trap_frame *frame)
{
    switch (class_at(frame->rip)) {
    case ISA_INSN_PORT:
        return frame->vector == X86_GP ? ARCH_TRAP_PORT : ARCH_TRAP_ILLEGAL;
    case ISA_INSN_COUNTER:
        return ARCH_TRAP_COUNTER;
    case ISA_INSN_OTHER:
        break;
    }
    return ARCH_TRAP_ILLEGAL;
}

/*
 * These come behind the instruction, as traps; reports want the instruction. INT 3 can have two bytes as well as one.
 */
static void step_back(struct trap_frame *frame)
{
    uint8_t last = OPCODE_INT3;

    if (frame->vector == X86_DB) {
        uint64_t dr6;
        __asm__ volatile("mov %%dr6, %0" : "=r"(dr6));
        __asm__ volatile("mov %0, %%dr6" : : "r"((uint64_t)DR6_RESET));
        if ((dr6 & DR6_STEP) != 0)
            return; /* a single step: it is where it is */
    } else if (fetch(&last, frame->rip - 1, 1) && last != OPCODE_INT3) {
        frame->rip--;
    }
    frame->rip--;
}

static void decode_exception(struct trap_frame *frame, struct arch_trap *trap)
{
    trap->code = frame->vector;
    switch (frame->vector) {
    case X86_DE:
        trap->kind = ARCH_TRAP_ARITHMETIC;
        break;
    case X86_DB:
    case X86_BP:
        trap->kind = ARCH_TRAP_BREAKPOINT;
        step_back(frame);
        break;
    case X86_NM:
        trap->kind = ARCH_TRAP_FP;
        break;
    case X86_AC:
        trap->kind = ARCH_TRAP_ALIGN;
        break;
    default:
        trap->kind = refused_kind(frame);
        trap->code = frame->vector == X86_UD && trap->kind == ARCH_TRAP_ILLEGAL ? X86_UD : X86_GP;
        break;
    }
}

void trap_decode(struct trap_frame *frame, vaddr_t fault_address, struct arch_trap *trap)
{
    *trap = (struct arch_trap){.kind = ARCH_TRAP_SYSCALL};
    if (frame->vector == X86_PF) {
        decode_page_fault(frame, fault_address, trap);
    } else if (frame->vector < VECTOR_EXCEPTIONS) {
        decode_exception(frame, trap);
    } else if (frame->vector != VECTOR_SYSCALL) {
        trap->kind = ARCH_TRAP_INTERRUPT;
        irq_note((uint32_t)frame->vector);
        (void)irq_take();
    }
    trap->pc = frame->rip;
}

/* -- The kernel -- */

static const char *describe(const struct trap_frame *frame)
{
    vaddr_t address = x86_read_cr2();

    switch (frame->vector) {
    case X86_DE:
        return "division by zero";
    case X86_DB:
    case X86_BP:
        return "breakpoint";
    case X86_NMI:
        return "non-maskable interrupt";
    case X86_UD:
        return "illegal instruction";
    case X86_NM:
        return "floating point in the kernel";
    case X86_DF: /* the push of a page fault's frame has failed */
        return kstack_guard_index(address) >= 0 || tables_is_guard(address) ? "kernel stack overflow" : "double fault";
    case X86_GP:
    case X86_PF:
        return "invalid memory access";
    case X86_MC:
        return "machine check";
    default:
        return "unexpected exception";
    }
}

void trap_kernel(struct trap_frame *frame)
{
    if (frame->vector >= VECTOR_EXCEPTIONS) {
        irq_note((uint32_t)frame->vector);
        frame->rflags &= ~(uint64_t)RFLAGS_IF; /* one, and the window is closed */
        return;
    }
    if (frame->vector == X86_NMI)
        hal_cpu_check_stop();
    if (hal_cpu()->port.crash == NULL)
        hal_cpu()->port.crash = frame; /* the first one is told */
    hal_crash(describe(frame));
}
