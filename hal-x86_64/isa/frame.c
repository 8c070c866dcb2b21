/* SPDX-License-Identifier: MIT */
/* x86_64: initial user state, and where calls and reports find their registers. */
#include <arch/isa.h>

#define RFLAGS_USER 0x202u /* interrupts on; bit 1 is always set */

const char isa_name[] = "x86_64";
const uint16_t isa_elf_machine = 62; /* EM_X86_64 */

/* The order of reports is the one of debuggers, not the one of the frame. */
static const struct {
    const char *name;
    size_t offset;
} registers[] = {
    {"rax", offsetof(struct trap_frame, rax)}, {"rbx", offsetof(struct trap_frame, rbx)},
    {"rcx", offsetof(struct trap_frame, rcx)}, {"rdx", offsetof(struct trap_frame, rdx)},
    {"rsi", offsetof(struct trap_frame, rsi)}, {"rdi", offsetof(struct trap_frame, rdi)},
    {"rbp", offsetof(struct trap_frame, rbp)}, {"rsp", offsetof(struct trap_frame, rsp)},
    {"r8", offsetof(struct trap_frame, r8)},   {"r9", offsetof(struct trap_frame, r9)},
    {"r10", offsetof(struct trap_frame, r10)}, {"r11", offsetof(struct trap_frame, r11)},
    {"r12", offsetof(struct trap_frame, r12)}, {"r13", offsetof(struct trap_frame, r13)},
    {"r14", offsetof(struct trap_frame, r14)}, {"r15", offsetof(struct trap_frame, r15)},
    {"rip", offsetof(struct trap_frame, rip)}, {"rflags", offsetof(struct trap_frame, rflags)},
};

void isa_frame_init(struct trap_frame *frame, vaddr_t entry, vaddr_t sp)
{
    *frame = (struct trap_frame){.rip = entry, .cs = ISA_USER_CS, .rflags = RFLAGS_USER, .rsp = sp, .ss = ISA_USER_SS};
}

void isa_frame_get_call(const struct trap_frame *frame, struct arch_call *call)
{
    call->nr = frame->rax;
    call->target = frame->r8;
    call->w[0] = frame->rdi;
    call->w[1] = frame->rsi;
    call->w[2] = frame->rdx;
    call->w[3] = frame->r10;
}

/* SYSCALL leaves the return address in rcx and the flags in r11; saying so here makes it the same on every HAL. */
void isa_frame_set_result(struct trap_frame *frame, status_t status, const uint64_t w[4], uint32_t words)
{
    uint64_t *payload[4] = {&frame->rdi, &frame->rsi, &frame->rdx, &frame->r10};

    frame->rax = (uint64_t)(int64_t)status;
    frame->rcx = frame->rip;
    frame->r11 = frame->rflags;
    for (uint32_t i = 0; i < words && i < 4; i++)
        *payload[i] = w[i];
}

vaddr_t isa_frame_pc(const struct trap_frame *frame)
{
    return frame->rip;
}

void isa_frame_set_pc(struct trap_frame *frame, vaddr_t pc)
{
    frame->rip = pc;
}

vaddr_t isa_frame_sp(const struct trap_frame *frame)
{
    return frame->rsp;
}

bool isa_frame_register(const struct trap_frame *frame, uint32_t i, const char **name, uint64_t *value)
{
    if (i >= sizeof(registers) / sizeof(registers[0]))
        return false;
    *name = registers[i].name;
    *value = *(const uint64_t *)((const char *)frame + registers[i].offset);
    return true;
}
