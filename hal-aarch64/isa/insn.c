/* SPDX-License-Identifier: MIT */
/* AArch64 instruction classes, by the top-level encoding groups of the architecture manual (C4.1). */
#include <isa/insn.h>

#define INSN_SIZE 4u

/* MSR/MRS (register): op0:op1:CRn:CRm:op2 stand in bits 20-5, the order in which SYSREG() writes them. */
#define SYSREG(op0, op1, crn, crm, op2) ((op0) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))
#define SYSREG_CRN(r)                   ((r) >> 7 & 15u)
#define SYSREG_CRM(r)                   ((r) >> 3 & 15u)
/* All that concerns EL0 has op0 = 3 and op1 = 3. */
#define SYSREG_IS_EL0(r) ((r) >> 11 == (3u << 3 | 3u))

static bool is_fp_register(uint32_t reg)
{
    return reg == SYSREG(3u, 3u, 4u, 4u, 0u)     /* FPCR */
           || reg == SYSREG(3u, 3u, 4u, 4u, 1u)  /* FPSR */
           || reg == SYSREG(3u, 3u, 4u, 4u, 2u)  /* FPMR */
           || reg == SYSREG(3u, 3u, 4u, 2u, 2u); /* SVCR: streaming vectors */
}

static bool is_counter_register(uint32_t reg)
{
    uint32_t crn = SYSREG_CRN(reg);
    uint32_t crm = SYSREG_CRM(reg);

    if (!SYSREG_IS_EL0(reg))
        return false;
    return crn == 14                               /* CNT*_EL0, PMEVCNTR<n>_EL0 */
           || (crn == 9 && crm >= 12 && crm <= 14) /* PMCCNTR_EL0 and the rest of the performance monitors */
           || (crn == 13 && crm >= 2)              /* AM*_EL0: activity monitors */
           || reg == SYSREG(3u, 3u, 2u, 4u, 0u)    /* RNDR */
           || reg == SYSREG(3u, 3u, 2u, 4u, 1u);   /* RNDRRS */
}

static enum isa_insn_class system_class(uint32_t insn)
{
    uint32_t reg = insn >> 5 & 0xFFFFu;

    if ((insn & 0xFFFFF0FFu) == 0xD503407Fu) /* MSR SVCR*, #imm: SMSTART, SMSTOP */
        return ISA_INSN_FP;
    if ((insn & 0xFFD00000u) != 0xD5100000u) /* neither MSR (register) nor MRS */
        return ISA_INSN_OTHER;
    if (is_fp_register(reg))
        return ISA_INSN_FP;
    return is_counter_register(reg) ? ISA_INSN_COUNTER : ISA_INSN_OTHER;
}

/* CPY* and SET* (memory copy and set) use bit 26, which elsewhere says that FP registers are moved, for a stage. */
static bool is_memory_copy(uint32_t insn)
{
    return (insn & 0x3B200C00u) == 0x19000400u;
}

static enum isa_insn_class classify(uint32_t insn)
{
    uint32_t group = insn >> 25 & 15u;

    if ((group & 7u) == 7u) /* x111: scalar floating point and Advanced SIMD */
        return ISA_INSN_FP;
    if ((group & 5u) == 4u) /* x1x0: loads and stores; bit 26 says of which register file */
        return insn & 1u << 26 && !is_memory_copy(insn) ? ISA_INSN_FP : ISA_INSN_OTHER;
    if (group == 2) /* SVE */
        return ISA_INSN_FP;
    if (group == 0) /* SME if bit 31 is set, else UDF and reserved */
        return insn & 1u << 31 ? ISA_INSN_FP : ISA_INSN_OTHER;
    return system_class(insn);
}

uint32_t isa_insn_decode(const uint8_t *p, uint32_t avail, enum isa_insn_class *cls)
{
    uint32_t insn;

    if (avail < INSN_SIZE)
        return 0;
    insn = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    *cls = classify(insn);
    return INSN_SIZE;
}
