/* SPDX-License-Identifier: MIT */
/* x86_64: user mode by a one-time IRETQ, Zydis for what must not run, IN and OUT done here. */
#include <stddef.h>
#include <string.h>

#include <Zydis/Zydis.h>

#include <arch/isa.h>
#include <sim/device.h>
#include <sim/port.h>

#include "engine_priv.h"

enum { VECTOR_DE = 0, VECTOR_DB = 1, VECTOR_BP = 3, VECTOR_UD = 6, VECTOR_NM = 7, VECTOR_GP = 13, VECTOR_PF = 14,
    VECTOR_AC = 17 };
enum { PF_PRESENT = 1 << 0, PF_WRITE = 1 << 1, PF_USER = 1 << 2, PF_FETCH = 1 << 4 };

#define BOOT (UINT64_C(1) << 44) /* physical and virtual address of the page that leads to user mode */
#define BOOT_GDT (BOOT + 0x100)
#define BOOT_FRAME (BOOT + 0x200)
#define BOOT_USER (BOOT + 0x800)

#define R(name, field) {UC_X86_REG_##name, offsetof(struct trap_frame, field)}
static const struct engine_register registers[] = {
    R(RAX, rax), R(R8, r8), R(RDI, rdi), R(RSI, rsi), R(RDX, rdx), R(R10, r10), R(RCX, rcx), R(R11, r11),
    R(RFLAGS, rflags), R(RBX, rbx), R(RBP, rbp), R(R9, r9), R(R12, r12), R(R13, r13), R(R14, r14), R(R15, r15), R(RSP, rsp),
};

/* SYSCALL leaves the address behind it and the flags there, whatever becomes of the call. */
static void called(struct trap_frame *frame, uint64_t pc)
{
    frame->rcx = pc;
    frame->r11 = frame->rflags;
}

const struct engine_isa engine_isa = {
    .arch = UC_ARCH_X86, .mode = UC_MODE_64, .model = -1, .pc = UC_X86_REG_RIP, .syscall = -1,
    .registers = registers, .register_count = sizeof registers / sizeof *registers, .call_registers = 9,
    .called = called,
};

void engine_isa_enter_user(struct engine *engine)
{
    static const uint8_t iretq[] = {0x48, 0xCF}, syscall[] = {0x0F, 0x05};
    /* null, and from 0x20 on: user data and user code, both flat */
    static const uint64_t gdt[] = {0, 0, 0, 0, 0x00CFF2000000FFFF, 0x00AFFA000000FFFF};
    static const uint64_t frame[] = {BOOT_USER, ISA_USER_CS, 0x202, 0, ISA_USER_SS};
    uc_x86_mmr gdtr = {.base = BOOT_GDT, .limit = sizeof gdt - 1}, none = {0};

    engine_must(uc_mem_map(engine->uc, BOOT, ENGINE_PAGE, UC_PROT_ALL), "boot page");
    engine_must(uc_mem_write(engine->uc, BOOT, iretq, sizeof iretq), "boot page");
    engine_must(uc_mem_write(engine->uc, BOOT_GDT, gdt, sizeof gdt), "boot page");
    engine_must(uc_mem_write(engine->uc, BOOT_FRAME, frame, sizeof frame), "boot page");
    engine_must(uc_mem_write(engine->uc, BOOT_USER, syscall, sizeof syscall), "boot page");
    engine_must(uc_reg_write(engine->uc, UC_X86_REG_GDTR, &gdtr), "GDTR");
    engine_set_register(engine, UC_X86_REG_CR4, 0x624); /* PAE, OSFXSR, OSXMMEXCPT, and TSD: RDTSC traps */
    engine_set_register(engine, UC_X86_REG_RSP, BOOT_FRAME);
    engine_enter_at(engine, BOOT);
    engine_must(uc_reg_write(engine->uc, UC_X86_REG_GDTR, &none), "GDTR");
    engine_set_register(engine, UC_X86_REG_RSP, 0);
    engine_set_register(engine, UC_X86_REG_RCX, 0);
    engine_set_register(engine, UC_X86_REG_R11, 0);
}

static enum arch_trap_kind kind_of(uint32_t vector)
{
    switch (vector) {
    case VECTOR_DE: return ARCH_TRAP_ARITHMETIC;
    case VECTOR_DB:
    case VECTOR_BP: return ARCH_TRAP_BREAKPOINT;
    case VECTOR_NM: return ARCH_TRAP_FP;
    case VECTOR_AC: return ARCH_TRAP_ALIGN;
    default: return ARCH_TRAP_ILLEGAL; /* #UD, #GP and its kin */
    }
}

void engine_isa_exception(uint32_t number, uint64_t pc, struct arch_trap *trap)
{
    trap->kind = kind_of(number);
    trap->code = number == VECTOR_UD || trap->kind != ARCH_TRAP_ILLEGAL ? number : VECTOR_GP;
    trap->pc = pc;
}

uint64_t engine_isa_code(enum engine_verdict verdict)
{
    switch (verdict) {
    case VERDICT_FP: return VECTOR_NM;
    case VERDICT_BREAKPOINT: return VECTOR_BP;
    default: return VECTOR_GP;
    }
}

void engine_isa_invalid(const uint8_t *insn, uint32_t len, struct arch_trap *trap)
{
    (void)insn;
    (void)len;
    trap->kind = ARCH_TRAP_ILLEGAL;
    trap->code = VECTOR_UD;
}

/* An address that is not canonical is no page fault but a #GP. */
void engine_isa_page_fault(struct arch_trap *trap)
{
    int64_t top = (int64_t)trap->addr >> 47;

    if (top != 0 && top != -1) {
        *trap = (struct arch_trap){.kind = ARCH_TRAP_ILLEGAL, .pc = trap->pc, .code = VECTOR_GP};
        return;
    }
    uint64_t error = PF_USER | (trap->permission ? PF_PRESENT : 0);
    error |= trap->access == ARCH_ACCESS_WRITE ? PF_WRITE : trap->access == ARCH_ACCESS_EXECUTE ? PF_FETCH : 0;
    trap->code = VECTOR_PF | error << 32;
}

/* -- Inspection -- */

static bool decode(const uint8_t *p, uint32_t avail, ZydisDecodedInstruction *insn, ZydisDecodedOperand *operands)
{
    static ZydisDecoder decoder;
    static bool ready;

    if (!ready)
        ready = ZYAN_SUCCESS(ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64));
    return ready && ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, p, avail, insn, operands));
}

static bool is_vector_register(ZydisRegister reg)
{
    switch (ZydisRegisterGetClass(reg)) {
    case ZYDIS_REGCLASS_X87:
    case ZYDIS_REGCLASS_MMX:
    case ZYDIS_REGCLASS_XMM:
    case ZYDIS_REGCLASS_YMM:
    case ZYDIS_REGCLASS_ZMM:
    case ZYDIS_REGCLASS_MASK:
    case ZYDIS_REGCLASS_BOUND: return true;
    default: return reg == ZYDIS_REGISTER_MXCSR || reg == ZYDIS_REGISTER_X87CONTROL ||
        reg == ZYDIS_REGISTER_X87STATUS || reg == ZYDIS_REGISTER_X87TAG;
    }
}

/* What a kernel with CR0.TS set would get a #NM for: anything that touches x87, MMX, SSE or AVX state. */
static bool uses_fp(const ZydisDecodedInstruction *insn, const ZydisDecodedOperand *operands)
{
    switch (insn->meta.category) {
    case ZYDIS_CATEGORY_X87_ALU:
    case ZYDIS_CATEGORY_MMX:
    case ZYDIS_CATEGORY_XSAVE:
    case ZYDIS_CATEGORY_XSAVEOPT: return true;
    default: break;
    }
    switch (insn->mnemonic) {
    case ZYDIS_MNEMONIC_FXSAVE:
    case ZYDIS_MNEMONIC_FXSAVE64:
    case ZYDIS_MNEMONIC_FXRSTOR:
    case ZYDIS_MNEMONIC_FXRSTOR64:
    case ZYDIS_MNEMONIC_EMMS:
    case ZYDIS_MNEMONIC_VZEROUPPER:
    case ZYDIS_MNEMONIC_VZEROALL: return true;
    default: break;
    }
    for (uint32_t i = 0; i < insn->operand_count; i++) {
        if (operands[i].type == ZYDIS_OPERAND_TYPE_REGISTER && is_vector_register(operands[i].reg.value))
            return true;
    }
    return false;
}

/* The string forms are never granted. */
static bool is_in_or_out(const ZydisDecodedInstruction *insn)
{
    return insn->mnemonic == ZYDIS_MNEMONIC_IN || insn->mnemonic == ZYDIS_MNEMONIC_OUT;
}

static enum engine_verdict verdict_of(const ZydisDecodedInstruction *insn, const ZydisDecodedOperand *operands)
{
    switch (insn->mnemonic) {
    case ZYDIS_MNEMONIC_RDTSC:
    case ZYDIS_MNEMONIC_RDTSCP:
    case ZYDIS_MNEMONIC_RDPMC:
    case ZYDIS_MNEMONIC_RDRAND:
    case ZYDIS_MNEMONIC_RDSEED: return VERDICT_COUNTER;
    case ZYDIS_MNEMONIC_IN:
    case ZYDIS_MNEMONIC_OUT:
    case ZYDIS_MNEMONIC_INSB:
    case ZYDIS_MNEMONIC_INSW:
    case ZYDIS_MNEMONIC_INSD:
    case ZYDIS_MNEMONIC_OUTSB:
    case ZYDIS_MNEMONIC_OUTSW:
    case ZYDIS_MNEMONIC_OUTSD: return VERDICT_PORT;
    /* The library leaves the program counter behind these; INT n has no gate for user mode but 3, so it is a #GP. */
    case ZYDIS_MNEMONIC_INT1:
    case ZYDIS_MNEMONIC_INT3: return VERDICT_BREAKPOINT;
    case ZYDIS_MNEMONIC_INT: return operands[0].imm.value.u == VECTOR_BP ? VERDICT_BREAKPOINT : VERDICT_PRIVILEGED;
    default: return uses_fp(insn, operands) ? VERDICT_FP : VERDICT_FINE;
    }
}

/* What Zydis cannot decode the engine will not run either. */
uint32_t engine_isa_inspect(const struct engine *engine, const uint8_t *p, uint32_t avail, uint64_t va,
    enum engine_verdict *verdict)
{
    ZydisDecodedInstruction insn;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];

    (void)va;
    *verdict = VERDICT_FINE;
    if (!decode(p, avail, &insn, operands))
        return 0;
    *verdict = verdict_of(&insn, operands);
    if (*verdict == VERDICT_PORT && is_in_or_out(&insn) && engine->owner->port_count != 0)
        *verdict = VERDICT_FINE; /* the hooks below do it, and see whether the port is granted */
    return insn.length;
}


/* -- IN and OUT of a task with granted ports -- */

static bool may_use_port(const struct arch_user *user, uint32_t port, uint32_t size)
{
    return port >= user->port_first && port - user->port_first < user->port_count &&
        size <= user->port_count - (port - user->port_first);
}

/* Where the `index`th IN or OUT of the executing block is; the library's program counter is that of the block. */
static uint64_t port_address(const struct engine *engine, uint32_t index)
{
    ZydisDecodedInstruction insn;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    uint8_t bytes[ZYDIS_MAX_INSTRUCTION_LENGTH];
    uint64_t va = engine->block;

    while (decode(bytes, code_read(engine, va, bytes, sizeof bytes), &insn, operands)) {
        if (is_in_or_out(&insn) && index-- == 0)
            break;
        va += insn.length;
    }
    return va;
}

/*
 * The rest of the block still runs after a hook, so what the task must see is kept here: the registers are exact.
 * `left` changes with every block, so it tells whether this is the same execution of the same block as last time.
 */
static bool use_port(struct engine *engine, uint32_t port, uint32_t size)
{
    bool same = engine->port_block == engine->block && engine->port_left == engine->left;
    uint32_t index = same ? engine->port_index + 1 : 0;

    if (engine->stop != STOP_NONE || engine->mode != MODE_RUN)
        return false;
    engine->port_index = index;
    engine->port_block = engine->block;
    if (may_use_port(engine->owner, port, size)) {
        engine_settle(engine);
        machine_spend(SIM_COST_IO);
        return true;
    }
    engine->port_frame = engine->owner->frame;
    engine_transfer(engine, &engine->port_frame, engine_isa.register_count, false);
    isa_frame_set_pc(&engine->port_frame, port_address(engine, index));
    engine_stop(engine, STOP_PORT);
    return false;
}

static uint32_t on_in(uc_engine *uc, uint32_t port, int size, void *user)
{
    struct engine *engine = user;

    (void)uc;
    if (!use_port(engine, port & 0xFFFF, (uint32_t)size))
        return UINT32_MAX;
    uint32_t value = device_read(port & 0xFFFF, (uint32_t)size, true);
    engine_settle(engine);
    engine->port_left = engine->left;
    return value;
}

static void on_out(uc_engine *uc, uint32_t port, int size, uint32_t value, void *user)
{
    struct engine *engine = user;

    (void)uc;
    if (!use_port(engine, port & 0xFFFF, (uint32_t)size))
        return;
    device_write(port & 0xFFFF, (uint32_t)size, true, value);
    engine_settle(engine);
    engine->port_left = engine->left;
}

static void on_syscall(uc_engine *uc, void *user)
{
    (void)uc;
    engine_stop(user, STOP_SYSCALL);
}

void engine_isa_add_hooks(struct engine *engine)
{
    uc_engine *uc = engine->uc;
    uc_hook hook;

    engine_must(uc_hook_add(uc, &hook, UC_HOOK_INSN, on_syscall, engine, 1, 0, UC_X86_INS_SYSCALL), "SYSCALL hook");
    engine_must(uc_hook_add(uc, &hook, UC_HOOK_INSN, on_in, engine, 1, 0, UC_X86_INS_IN), "IN hook");
    engine_must(uc_hook_add(uc, &hook, UC_HOOK_INSN, on_out, engine, 1, 0, UC_X86_INS_OUT), "OUT hook");
}
