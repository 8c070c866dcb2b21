/* SPDX-License-Identifier: MIT */
/* RISC-V: the library reports every exception with the program counter behind it by 4. */
#include <stddef.h>

#include <arch/isa.h>
#include <isa/insn.h>

#include "engine_priv.h"

enum { CAUSE_FETCH_MISALIGNED = 0, CAUSE_ILLEGAL = 2, CAUSE_BREAKPOINT = 3, CAUSE_LOAD_MISALIGNED = 4,
    CAUSE_STORE_MISALIGNED = 6, CAUSE_ECALL = 8, CAUSE_FETCH_PAGE = 12, CAUSE_LOAD_PAGE = 13, CAUSE_STORE_PAGE = 15 };

#define BOOT (UINT64_C(1) << 44) /* physical and virtual address of the page that leads to user mode */
#define BOOT_USER (BOOT + 0x800)

#define X(n) {UC_RISCV_REG_X##n, offsetof(struct trap_frame, x) + 8 * (n - 1)}
static const struct engine_register registers[] = {
    X(17), X(16), X(10), X(11), X(12), X(13), X(1), X(2), X(3), X(4), X(5), X(6), X(7), X(8), X(9), X(14), X(15), X(18),
    X(19), X(20), X(21), X(22), X(23), X(24), X(25), X(26), X(27), X(28), X(29), X(30), X(31),
};

const struct engine_isa engine_isa = {
    .arch = UC_ARCH_RISCV, .mode = UC_MODE_RISCV64, .model = -1, .pc = UC_RISCV_REG_PC, .syscall = CAUSE_ECALL,
    .registers = registers, .register_count = sizeof registers / sizeof *registers, .call_registers = 6,
};

void engine_isa_enter_user(struct engine *engine)
{
    static const uint32_t mret = 0x30200073, ecall = 0x00000073;

    engine_must(uc_mem_map(engine->uc, BOOT, ENGINE_PAGE, UC_PROT_ALL), "boot page");
    engine_must(uc_mem_write(engine->uc, BOOT, &mret, sizeof mret), "boot page");
    engine_must(uc_mem_write(engine->uc, BOOT_USER, &ecall, sizeof ecall), "boot page");
    engine_set_register(engine, UC_RISCV_REG_MEPC, BOOT_USER);
    engine_set_register(engine, UC_RISCV_REG_MSTATUS, 0x6000); /* FS on (the inspection stops FP), MPP = user */
    engine_set_register(engine, UC_RISCV_REG_MCOUNTEREN, 0);
    engine_enter_at(engine, BOOT);
}

void engine_isa_add_hooks(struct engine *engine)
{
    (void)engine; /* the common ones do */
}

static enum arch_trap_kind kind_of(uint32_t cause)
{
    switch (cause) {
    case CAUSE_ILLEGAL: return ARCH_TRAP_ILLEGAL;
    case CAUSE_BREAKPOINT: return ARCH_TRAP_BREAKPOINT;
    case CAUSE_FETCH_MISALIGNED:
    case CAUSE_LOAD_MISALIGNED:
    case CAUSE_STORE_MISALIGNED: return ARCH_TRAP_ALIGN;
    default: return ARCH_TRAP_OTHER;
    }
}

void engine_isa_exception(uint32_t number, uint64_t pc, struct arch_trap *trap)
{
    trap->kind = kind_of(number);
    trap->code = number;
    trap->pc = pc - 4;
}

uint64_t engine_isa_code(enum engine_verdict verdict)
{
    return verdict == VERDICT_ALIGN ? CAUSE_FETCH_MISALIGNED : CAUSE_ILLEGAL;
}

/* EBREAK and its compressed form come as instructions that cannot be decoded. */
void engine_isa_invalid(const uint8_t *insn, uint32_t len, struct arch_trap *trap)
{
    bool compressed = len >= 2 && insn[0] == 0x02 && insn[1] == 0x90;
    bool full = len >= 4 && insn[0] == 0x73 && insn[1] == 0x00 && insn[2] == 0x10 && insn[3] == 0x00;

    trap->kind = compressed || full ? ARCH_TRAP_BREAKPOINT : ARCH_TRAP_ILLEGAL;
    trap->code = compressed || full ? CAUSE_BREAKPOINT : CAUSE_ILLEGAL;
}

void engine_isa_page_fault(struct arch_trap *trap)
{
    trap->code = trap->access == ARCH_ACCESS_EXECUTE ? CAUSE_FETCH_PAGE :
        trap->access == ARCH_ACCESS_WRITE ? CAUSE_STORE_PAGE : CAUSE_LOAD_PAGE;
}

uint32_t engine_isa_inspect(const struct engine *engine, const uint8_t *p, uint32_t avail, uint64_t va,
    enum engine_verdict *verdict)
{
    enum isa_insn_class class;
    uint32_t length = isa_insn_decode(p, avail, &class);

    (void)engine;
    (void)va;
    *verdict = VERDICT_FINE;
    if (length != 0 && class == ISA_INSN_FP)
        *verdict = VERDICT_FP;
    else if (length != 0 && class == ISA_INSN_COUNTER)
        *verdict = VERDICT_COUNTER;
    return length;
}
