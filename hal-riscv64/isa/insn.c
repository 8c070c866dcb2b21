/* SPDX-License-Identifier: MIT */
/* RISC-V instruction lengths and classes, by the major opcodes and the CSR numbers of the unprivileged manual. */
#include <isa/insn.h>

enum major_opcode {
    LOAD_FP = 0x07, /* vector loads too */
    STORE_FP = 0x27,
    MADD = 0x43,
    MSUB = 0x47,
    NMSUB = 0x4B,
    NMADD = 0x4F,
    OP_FP = 0x53,
    OP_V = 0x57,
    SYSTEM = 0x73,
    OP_VE = 0x77,
};

/* Compressed FP: C.FLD, C.FSD in quadrant 0, C.FLDSP, C.FSDSP in quadrant 2. */
static enum isa_insn_class classify16(uint32_t insn)
{
    uint32_t quadrant = insn & 3u;
    uint32_t funct3 = insn >> 13;

    return quadrant != 1 && (funct3 == 1 || funct3 == 5) ? ISA_INSN_FP : ISA_INSN_OTHER;
}

static enum isa_insn_class csr_class(uint32_t csr)
{
    if (csr >= 0x001 && csr <= 0x003) /* fflags, frm, fcsr */
        return ISA_INSN_FP;
    if ((csr >= 0x008 && csr <= 0x00A) || csr == 0x00F || (csr >= 0xC20 && csr <= 0xC22)) /* vector state */
        return ISA_INSN_FP;
    if (csr == 0x015) /* seed: the entropy source */
        return ISA_INSN_COUNTER;
    return csr >= 0xC00 && csr <= 0xC1F ? ISA_INSN_COUNTER : ISA_INSN_OTHER; /* cycle, time, instret, hpmcounter3-31 */
}

static enum isa_insn_class classify32(uint32_t insn)
{
    switch (insn & 0x7Fu) {
    case LOAD_FP:
    case STORE_FP:
    case MADD:
    case MSUB:
    case NMSUB:
    case NMADD:
    case OP_FP:
    case OP_V:
    case OP_VE:
        return ISA_INSN_FP;
    case SYSTEM:
        return (insn >> 12 & 3u) != 0 ? csr_class(insn >> 20) : ISA_INSN_OTHER;
    default:
        return ISA_INSN_OTHER;
    }
}

/* The length is in the low bits of the first 16; nothing longer than 4 bytes is an instruction today. */
static uint32_t length(uint32_t first)
{
    if ((first & 0x03u) != 0x03u)
        return 2;
    if ((first & 0x1Fu) != 0x1Fu)
        return 4;
    if ((first & 0x3Fu) == 0x1Fu)
        return 6;
    if ((first & 0x7Fu) == 0x3Fu)
        return 8;
    return 10 + (first >> 12 & 7u) * 2;
}

uint32_t isa_insn_decode(const uint8_t *p, uint32_t avail, enum isa_insn_class *cls)
{
    uint32_t first, len;

    if (avail < 2)
        return 0;
    first = p[0] | (uint32_t)p[1] << 8;
    len = length(first);
    if (len > avail)
        return 0;
    *cls = ISA_INSN_OTHER;
    if (len == 2)
        *cls = classify16(first);
    else if (len == 4)
        *cls = classify32(first | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24);
    return len;
}
