/* SPDX-License-Identifier: MIT */
/* RISC-V: initial user state, and where calls and reports find their registers. */
#include <arch/isa.h>

#define REG_SP     2u
#define REG_A0     10u
#define REG_TARGET 16u /* a6 */
#define REG_NUMBER 17u /* a7 */

/*
 * sstatus at the first SRET: to U-mode (SPP 0) with interrupts on (SPIE), FP and vectors off (FS, VS 0), 64-bit
 * (UXL 2).
 */
#define SSTATUS_SPIE   (1u << 5)
#define SSTATUS_UXL_64 (UINT64_C(2) << 32)

const char isa_name[] = "riscv64";
const uint16_t isa_elf_machine = 243; /* EM_RISCV */

/* x1..x31 by their names in the calling convention. */
static const char *const register_names[31] = {
    "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0",  "a1",  "a2", "a3", "a4", "a5", "a6",
    "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
};

static uint64_t *reg(struct trap_frame *frame, uint32_t n)
{
    return &frame->x[n - 1];
}

static uint64_t reg_value(const struct trap_frame *frame, uint32_t n)
{
    return frame->x[n - 1];
}

void isa_frame_init(struct trap_frame *frame, vaddr_t entry, vaddr_t sp)
{
    *frame = (struct trap_frame){.sepc = entry, .sstatus = SSTATUS_SPIE | SSTATUS_UXL_64};
    *reg(frame, REG_SP) = sp;
}

void isa_frame_get_call(const struct trap_frame *frame, struct arch_call *call)
{
    call->nr = reg_value(frame, REG_NUMBER);
    call->target = reg_value(frame, REG_TARGET);
    for (uint32_t i = 0; i < 4; i++)
        call->w[i] = reg_value(frame, REG_A0 + i);
}

void isa_frame_set_result(struct trap_frame *frame, status_t status, const uint64_t w[4], uint32_t words)
{
    *reg(frame, REG_NUMBER) = (uint64_t)(int64_t)status;
    for (uint32_t i = 0; i < words && i < 4; i++)
        *reg(frame, REG_A0 + i) = w[i];
}

vaddr_t isa_frame_pc(const struct trap_frame *frame)
{
    return frame->sepc;
}

void isa_frame_set_pc(struct trap_frame *frame, vaddr_t pc)
{
    frame->sepc = pc;
}

vaddr_t isa_frame_sp(const struct trap_frame *frame)
{
    return reg_value(frame, REG_SP);
}

bool isa_frame_register(const struct trap_frame *frame, uint32_t i, const char **name, uint64_t *value)
{
    if (i > 31)
        return false;
    *name = i < 31 ? register_names[i] : "pc";
    *value = i < 31 ? frame->x[i] : frame->sepc;
    return true;
}
