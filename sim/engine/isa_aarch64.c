/* SPDX-License-Identifier: MIT */
/* AArch64: Cortex-A72, which has neither LSE atomics nor the random number registers. */
#include <stddef.h>
#include <string.h>

#include <arch/isa.h>
#include <isa/insn.h>

#include "engine_priv.h"

enum { EXCP_UDEF = 1, EXCP_SWI = 2, EXCP_BKPT = 7 };
enum { EC_UNKNOWN = 0x00, EC_FP = 0x07, EC_SYSREG = 0x18, EC_INSN_ABORT = 0x20, EC_PC_ALIGN = 0x22,
    EC_DATA_ABORT = 0x24, EC_BRK = 0x3C };
enum { FSC_TRANSLATION_3 = 0x07, FSC_PERMISSION_3 = 0x0F, ISS_WRITE = 1 << 6, ESR_IL = 1 << 25 };

#define X(n) {UC_ARM64_REG_X##n, offsetof(struct trap_frame, x) + 8 * n}
static const struct engine_register registers[] = {
    X(7), X(6), X(0), X(1), X(2), X(3), X(4), X(5), X(8), X(9), X(10), X(11), X(12), X(13), X(14), X(15), X(16), X(17),
    X(18), X(19), X(20), X(21), X(22), X(23), X(24), X(25), X(26), X(27), X(28), X(29), X(30),
    {UC_ARM64_REG_SP, offsetof(struct trap_frame, sp_el0)}, {UC_ARM64_REG_NZCV, offsetof(struct trap_frame, spsr)},
};

const struct engine_isa engine_isa = {
    .arch = UC_ARCH_ARM64, .mode = UC_MODE_ARM, .model = UC_CPU_ARM64_A72, .pc = UC_ARM64_REG_PC, .syscall = EXCP_SWI,
    .registers = registers, .register_count = sizeof registers / sizeof *registers, .call_registers = 6,
};

static void system_register(struct engine *engine, uint32_t op0, uint32_t op1, uint32_t crn, uint32_t crm, uint32_t op2,
    uint64_t value)
{
    uc_arm64_cp_reg reg = {.crn = crn, .crm = crm, .op0 = op0, .op1 = op1, .op2 = op2, .val = value};

    engine_must(uc_reg_write(engine->uc, UC_ARM64_REG_CP_REG, &reg), "system register");
}

/* Any write of a system register makes the library look at PSTATE again, and with it at the privilege level. */
void engine_isa_enter_user(struct engine *engine)
{
    uint32_t el0t = 0;

    engine_must(uc_reg_write(engine->uc, UC_ARM64_REG_PSTATE, &el0t), "PSTATE");
    system_register(engine, 3, 6, 1, 1, 0, 0x401);                /* SCR_EL3: NS, RW */
    system_register(engine, 3, 4, 1, 1, 0, UINT64_C(1) << 31);    /* HCR_EL2: EL1 is AArch64 */
    system_register(engine, 3, 0, 1, 0, 2, 3u << 20);             /* CPACR_EL1: FP is left to the inspection */
    system_register(engine, 3, 0, 14, 1, 0, 0);                   /* CNTKCTL_EL1: counters trap */
    /*
     * SCTLR_EL1: DZE, UCT, UCI; and nTWI, for an exit is a WFI to the library and may not trap (the inspection does
     * that)
     */
    system_register(engine, 3, 0, 1, 0, 0, 0x30d00800u | 1u << 14 | 1u << 15 | 1u << 16 | 1u << 26);
}

void engine_isa_add_hooks(struct engine *engine)
{
    (void)engine; /* the common ones do */
}

void engine_isa_exception(uint32_t number, uint64_t pc, struct arch_trap *trap)
{
    trap->kind = number == EXCP_UDEF ? ARCH_TRAP_ILLEGAL : number == EXCP_BKPT ? ARCH_TRAP_BREAKPOINT : ARCH_TRAP_OTHER;
    trap->code = (uint64_t)(number == EXCP_BKPT ? EC_BRK : EC_UNKNOWN) << 26 | ESR_IL;
    trap->pc = pc;
}

uint64_t engine_isa_code(enum engine_verdict verdict)
{
    uint64_t class = verdict == VERDICT_FP ? EC_FP : verdict == VERDICT_COUNTER ? EC_SYSREG :
        verdict == VERDICT_ALIGN ? EC_PC_ALIGN : EC_UNKNOWN;

    return class << 26 | ESR_IL;
}

void engine_isa_invalid(const uint8_t *insn, uint32_t len, struct arch_trap *trap)
{
    (void)insn;
    (void)len;
    trap->kind = ARCH_TRAP_ILLEGAL;
    trap->code = (uint64_t)EC_UNKNOWN << 26 | ESR_IL;
}

void engine_isa_page_fault(struct arch_trap *trap)
{
    trap->code = (uint64_t)(trap->access == ARCH_ACCESS_EXECUTE ? EC_INSN_ABORT : EC_DATA_ABORT) << 26 | ESR_IL;
    trap->code |= trap->permission ? FSC_PERMISSION_3 : FSC_TRANSLATION_3;
    trap->code |= trap->access == ARCH_ACCESS_WRITE ? ISS_WRITE : 0;
}

uint32_t engine_isa_inspect(const struct engine *engine, const uint8_t *p, uint32_t avail, uint64_t va,
    enum engine_verdict *verdict)
{
    (void)engine;
    static const uint8_t wfi[] = {0x7F, 0x20, 0x03, 0xD5};
    enum isa_insn_class class;
    uint32_t length = isa_insn_decode(p, avail, &class);

    *verdict = VERDICT_FINE;
    if (va % 4 != 0)
        *verdict = VERDICT_ALIGN;
    else if (length != 0 && class == ISA_INSN_FP)
        *verdict = VERDICT_FP;
    else if (length != 0 && class == ISA_INSN_COUNTER)
        *verdict = VERDICT_COUNTER;
    else if (length != 0 && memcmp(p, wfi, sizeof wfi) == 0)
        *verdict = VERDICT_PRIVILEGED;
    return va % 4 != 0 ? 4 : length;
}
