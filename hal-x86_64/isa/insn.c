/* SPDX-License-Identifier: MIT */
/* By the opcode maps of the architecture manual. */
#include <isa/insn.h>

/* A REX that does not come last has no effect, but is none the less allowed. */
static bool is_prefix(uint8_t byte)
{
    if (byte >> 4 == 4) /* REX */
        return true;
    switch (byte) {
    case 0x26: case 0x2E: case 0x36: case 0x3E: case 0x64: case 0x65: /* segments */
    case 0x66: case 0x67: case 0xF0: case 0xF2: case 0xF3:
        return true;
    default:
        return false;
    }
}

/* 0F C7 with a register as operand: the reg field chooses. F3 turns number 7 into RDPID. */
static bool is_random(uint8_t modrm, bool f3)
{
    uint8_t reg = modrm >> 3 & 7u;

    return modrm >> 6 == 3 && (reg == 6 || (reg == 7 && !f3));
}

/* Behind 0F. */
static enum isa_insn_class classify_two_bytes(const uint8_t *p, uint32_t avail, bool f3)
{
    if (avail >= 1 && (p[0] == 0x31 || p[0] == 0x33)) /* RDTSC, RDPMC */
        return ISA_INSN_COUNTER;
    if (avail >= 2 && p[0] == 0x01 && p[1] == 0xF9) /* RDTSCP */
        return ISA_INSN_COUNTER;
    return avail >= 2 && p[0] == 0xC7 && is_random(p[1], f3) ? ISA_INSN_COUNTER : ISA_INSN_OTHER;
}

enum isa_insn_class isa_insn_classify(const uint8_t *p, uint32_t avail)
{
    uint32_t i = 0;
    bool f3 = false;

    avail = avail < ISA_INSN_BYTES_MAX ? avail : ISA_INSN_BYTES_MAX;
    for (; i < avail && is_prefix(p[i]); i++)
        f3 = f3 || p[i] == 0xF3;
    if (i >= avail)
        return ISA_INSN_OTHER;
    if (p[i] == 0x0F)
        return classify_two_bytes(p + i + 1, avail - i - 1, f3);
    if ((p[i] >= 0xE4 && p[i] <= 0xE7) || (p[i] >= 0xEC && p[i] <= 0xEF) || (p[i] >= 0x6C && p[i] <= 0x6F))
        return ISA_INSN_PORT;
    return ISA_INSN_OTHER;
}
