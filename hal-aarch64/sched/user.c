/* SPDX-License-Identifier: MIT */
/* User mode: running it, and what its exceptions mean. */
#include <arch/context.h>

#include <a64/gic.h>
#include <a64/kernel.h>
#include <a64/sysreg.h>
#include <abi/status.h>
#include <arch/isa.h>
#include <arch/mmu.h>
#include <isa/insn.h>

#define ESR_CLASS(esr) ((uint32_t)((esr) >> 26) & 0x3Fu)
#define ESR_WRITE (1u << 6) /* of a data abort */
#define ESR_FSC(esr) ((uint32_t)(esr) & 0x3Fu)
#define FSC_LEVELS 3u       /* the lowest bits of the fault kinds below */
#define FSC_TRANSLATION 0x04u
#define FSC_PERMISSION 0x0Cu
#define FSC_ADDRESS_SIZE 0x00u
#define FSC_ALIGNMENT 0x21u

enum {
    EC_UNKNOWN = 0x00,
    EC_WFX = 0x01,
    EC_FP = 0x07,
    EC_BTI = 0x0D,
    EC_ILLEGAL_STATE = 0x0E,
    EC_SVC = 0x15,
    EC_HVC = 0x16,
    EC_SMC = 0x17,
    EC_SYSREG = 0x18,
    EC_SVE = 0x19,
    EC_SME = 0x1D,
    EC_INSN_ABORT = 0x20,
    EC_PC_ALIGN = 0x22,
    EC_DATA_ABORT = 0x24,
    EC_SP_ALIGN = 0x26,
    EC_BRK = 0x3C,
};

void arch_user_init(struct arch_user *user, vaddr_t entry, vaddr_t sp)
{
    *user = (struct arch_user){.tls = 0};
    isa_frame_init(&user->frame, entry, sp);
}

void arch_user_allow_ports(struct arch_user *user, uint32_t first, uint32_t count, bool allow)
{
    (void)user;
    (void)first;
    (void)count;
    (void)allow;
}

/* -- Exceptions -- */

/* The hardware says "undefined" or "system register" for more than one kind: the instruction itself tells. */
static enum arch_trap_kind classify(const struct arch_user *user)
{
    const struct arch_space *space = hal_cpu()->space;
    enum isa_insn_class class = ISA_INSN_OTHER;
    uint8_t insn[4];

    if (space != NULL && arch_copy_from_user(space, insn, (struct uaddr){user->frame.elr}, sizeof insn) == STATUS_OK)
        (void)isa_insn_decode(insn, sizeof insn, &class);
    return class == ISA_INSN_FP ? ARCH_TRAP_FP : class == ISA_INSN_COUNTER ? ARCH_TRAP_COUNTER : ARCH_TRAP_ILLEGAL;
}

static void decode_abort(uint64_t esr, struct arch_trap *trap)
{
    uint32_t fault = ESR_FSC(esr) & ~FSC_LEVELS;
    vaddr_t addr = SYSREG_READ(far_el1);

    if (ESR_FSC(esr) == FSC_ALIGNMENT) {
        trap->kind = ARCH_TRAP_ALIGN;
        return;
    }
    if (fault != FSC_TRANSLATION && fault != FSC_PERMISSION && fault != FSC_ADDRESS_SIZE)
        return; /* the bus refused, or an atomic operation on a device: OTHER */
    trap->kind = ARCH_TRAP_PAGE;
    trap->permission = fault == FSC_PERMISSION || addr >= ARCH_KERNEL_VBASE;
    trap->addr = addr;
    if (ESR_CLASS(esr) == EC_INSN_ABORT)
        trap->access = ARCH_ACCESS_EXECUTE;
    else
        trap->access = (esr & ESR_WRITE) != 0 ? ARCH_ACCESS_WRITE : ARCH_ACCESS_READ;
}

static void decode_sync(const struct arch_user *user, struct arch_trap *trap)
{
    uint64_t esr = SYSREG_READ(esr_el1);

    trap->code = esr;
    switch (ESR_CLASS(esr)) {
    case EC_INSN_ABORT:
    case EC_DATA_ABORT:
        decode_abort(esr, trap);
        break;
    case EC_FP:
    case EC_SVE:
    case EC_SME:
        trap->kind = ARCH_TRAP_FP;
        break;
    case EC_UNKNOWN:
    case EC_SYSREG:
        trap->kind = classify(user);
        break;
    case EC_WFX:
    case EC_ILLEGAL_STATE:
    case EC_BTI:
    case EC_HVC:
    case EC_SMC:
        trap->kind = ARCH_TRAP_ILLEGAL;
        break;
    case EC_PC_ALIGN:
    case EC_SP_ALIGN:
        trap->kind = ARCH_TRAP_ALIGN;
        break;
    case EC_BRK:
        trap->kind = ARCH_TRAP_BREAKPOINT;
        break;
    default:
        break;
    }
}

void arch_user_run(struct arch_user *user, struct arch_trap *trap)
{
    uint32_t cause = user_enter(user);

    if (LIKELY(cause == CAUSE_SYNC && ESR_CLASS(SYSREG_READ(esr_el1)) == EC_SVC)) { /* as short as can be */
        *trap = (struct arch_trap){.kind = ARCH_TRAP_SYSCALL, .pc = user->frame.elr};
        return;
    }
    *trap = (struct arch_trap){.kind = ARCH_TRAP_OTHER, .pc = user->frame.elr};
    if (cause == CAUSE_SYNC) {
        decode_sync(user, trap);
    } else if (cause == CAUSE_IRQ || cause == CAUSE_FIQ) {
        trap->kind = ARCH_TRAP_INTERRUPT;
        (void)gic_take();
    }
}
