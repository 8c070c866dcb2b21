/* SPDX-License-Identifier: MIT */
/* AArch64: initial user state, and where calls and reports find their registers. */
#include <arch/isa.h>

#define REG_TARGET  6u
#define REG_NUMBER  7u
#define PSTATE_EL0T 0u /* EL0, AArch64, no interrupt masked */

const char isa_name[] = "aarch64";
const uint16_t isa_elf_machine = 183; /* EM_AARCH64 */

static const char *const register_names[31] = {
    "x0",  "x1",  "x2",  "x3",  "x4",  "x5",  "x6",  "x7",  "x8",  "x9",  "x10", "x11", "x12", "x13", "x14", "x15",
    "x16", "x17", "x18", "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28", "x29", "x30",
};

void isa_frame_init(struct trap_frame *frame, vaddr_t entry, vaddr_t sp)
{
    *frame = (struct trap_frame){.elr = entry, .sp_el0 = sp, .spsr = PSTATE_EL0T};
}

void isa_frame_get_call(const struct trap_frame *frame, struct arch_call *call)
{
    call->nr = frame->x[REG_NUMBER];
    call->target = frame->x[REG_TARGET];
    for (uint32_t i = 0; i < 4; i++)
        call->w[i] = frame->x[i];
}

void isa_frame_set_result(struct trap_frame *frame, status_t status, const uint64_t w[4], uint32_t words)
{
    frame->x[REG_NUMBER] = (uint64_t)(int64_t)status;
    for (uint32_t i = 0; i < words && i < 4; i++)
        frame->x[i] = w[i];
}

vaddr_t isa_frame_pc(const struct trap_frame *frame)
{
    return frame->elr;
}

void isa_frame_set_pc(struct trap_frame *frame, vaddr_t pc)
{
    frame->elr = pc;
}

vaddr_t isa_frame_sp(const struct trap_frame *frame)
{
    return frame->sp_el0;
}

bool isa_frame_register(const struct trap_frame *frame, uint32_t i, const char **name, uint64_t *value)
{
    if (i < 31) {
        *name = register_names[i];
        *value = frame->x[i];
        return true;
    }
    switch (i) {
    case 31:
        *name = "sp";
        *value = frame->sp_el0;
        return true;
    case 32:
        *name = "pc";
        *value = frame->elr;
        return true;
    case 33:
        *name = "pstate";
        *value = frame->spsr;
        return true;
    default:
        return false;
    }
}
