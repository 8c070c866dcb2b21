/* SPDX-License-Identifier: MIT */
/* User mode as a call that returns. */
#include <arch/context.h>

#include <arch/isa.h>
#include <base/mem.h>
#include <common/cpu.h>
#include <x86/cpu.h>
#include <x86/entry.h>
#include <x86/tables.h>
#include <x86/trap.h>

#define RFLAGS_TF (1u << 8)
#define RFLAGS_RF (1u << 16)

void arch_user_init(struct arch_user *user, vaddr_t entry, vaddr_t sp)
{
    memset(user->ports, 0, sizeof user->ports);
    isa_frame_init(&user->frame, entry, sp);
}

/* On the way of every system call: the compiler's own form is two comparisons. */
static bool is_same(const struct port_range a[PORT_RANGES], const struct port_range b[PORT_RANGES])
{
    return __builtin_memcmp(a, b, PORT_RANGES * sizeof *a) == 0;
}

/* The bitmap is the CPU's: it is changed only when the ports of the state to run are others. */
static void open_ports(struct port_cpu *port, const struct port_range wanted[PORT_RANGES])
{
    if (LIKELY(is_same(port->granted, wanted)))
        return;
    for (uint32_t i = 0; i < PORT_RANGES; i++)
        tables_set_ports(port->tables, port->granted[i], false);
    for (uint32_t i = 0; i < PORT_RANGES; i++)
        tables_set_ports(port->tables, wanted[i], true);
    memcpy(port->granted, wanted, sizeof port->granted);
}

/*
 * SYSRET is the short way, for what SYSCALL has saved and nobody changed. It would fault in the kernel, on the user's
 * stack, for an rip that is not canonical; arch_user_run() lets none pass at all. It loads neither TF nor RF as IRET
 * does.
 */
static bool may_sysret(const struct trap_frame *frame)
{
    return frame->rcx == frame->rip && frame->r11 == frame->rflags && (frame->rflags & (RFLAGS_TF | RFLAGS_RF)) == 0;
}

void arch_user_run(struct arch_user *user, struct arch_trap *trap)
{
    struct hal_cpu *cpu = hal_cpu();
    struct trap_frame *frame = &user->frame;

    if (UNLIKELY(!trap_is_canonical(frame->rip))) { /* the fetch's fault, before it happens in the kernel's IRET */
        *trap = (struct arch_trap){.kind = ARCH_TRAP_ILLEGAL, .pc = frame->rip, .code = X86_GP};
        return;
    }
    open_ports(&cpu->port, user->ports);
    cpu->port.frame_end = (uintptr_t)(frame + 1);
    cpu->port.tables->tss.rsp[0] = (uintptr_t)(frame + 1);
    hal_tlb_enter_user();
    user_enter(frame, may_sysret(frame));
    hal_tlb_leave_user();
    trap_decode(frame, frame->vector == X86_PF ? x86_read_cr2() : 0, trap);
}

/* The range that begins at `first`, else a free one, else the last. */
static struct port_range *find_range(struct arch_user *user, uint32_t first)
{
    struct port_range *free = &user->ports[PORT_RANGES - 1];

    for (uint32_t i = PORT_RANGES; i-- > 0;) {
        if (user->ports[i].count != 0 && user->ports[i].first == first)
            return &user->ports[i];
        if (user->ports[i].count == 0)
            free = &user->ports[i];
    }
    return free;
}

void arch_user_allow_ports(struct arch_user *user, uint32_t first, uint32_t count, bool allow)
{
    struct port_range *range = find_range(user, first);

    if (allow)
        *range = (struct port_range){first, count};
    else if (range->first == first)
        *range = (struct port_range){0, 0};
}
