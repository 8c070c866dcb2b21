/* SPDX-License-Identifier: MIT */
#include "user.h"

#include <arch/irq.h>
#include <arch/memory.h>
#include <arch/timer.h>
#include <base/mem.h>

bool user_load(struct hal_user *user, enum hal_program_id program)
{
    const struct hal_program *p = &hal_programs[program];
    if (p->size == 0) {
        hal_skip("this ISA has no such thing");
        return false;
    }
    memcpy(arch_phys_ptr(user->code), p->code, p->size);
    arch_sync_code(user->code, p->size);
    arch_user_init(&user->regs, USER_CODE, USER_STACK_TOP);
    return true;
}

static bool map(struct hal_user *user, vaddr_t va, paddr_t pa, uint32_t flags)
{
    return hal_status(arch_map_page(&user->space, va, pa, ARCH_MAP_USER | flags), STATUS_OK, __FILE__, __LINE__,
                      "mapping a page of a user program");
}

bool user_begin(struct hal_user *user, enum hal_program_id program)
{
    static uint32_t asid;
    *user = (struct hal_user){.live_before = hal.frames.live};
    asid = asid % 255 + 1;
    if (!hal_status(arch_create_address_space(&user->space, asid, &hal.frames.source), STATUS_OK, __FILE__, __LINE__,
                    "arch_create_address_space()"))
        return false;
    user->code = test_frame(&hal.frames);
    user->data = test_frame(&hal.frames);
    user->read_only = test_frame(&hal.frames);
    user->stack = test_frame(&hal.frames);
    arch_switch_address_space(&user->space);
    bool ok = map(user, USER_CODE, user->code, 0) &&
              map(user, USER_DATA, user->data, ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE) &&
              map(user, USER_READ_ONLY, user->read_only, ARCH_MAP_NO_EXECUTE) &&
              map(user, USER_STACK_TOP - PAGE_SIZE, user->stack, ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE) &&
              user_load(user, program);
    if (!ok)
        user_end(user);
    return ok;
}

bool user_end(struct hal_user *user)
{
    arch_switch_address_space(NULL);
    arch_destroy_address_space(&user->space);
    test_frame_free(&hal.frames, user->code);
    test_frame_free(&hal.frames, user->data);
    test_frame_free(&hal.frames, user->read_only);
    test_frame_free(&hal.frames, user->stack);
    return hal.frames.live == user->live_before;
}

struct arch_trap user_run(struct hal_user *user)
{
    struct arch_trap trap;
    uint64_t deadline = arch_timer_get_ticks() + arch_timer_get_frequency();
    do {
        arch_user_run(&user->regs, &trap);
        if (arch_timer_get_ticks() > deadline)
            hal_fail(__FILE__, __LINE__, "the program did nothing for a second");
    } while (trap.kind == ARCH_TRAP_INTERRUPT && !hal_failed());
    return trap;
}

bool user_answer(struct hal_user *user, uint64_t w0, uint64_t w1, uint64_t w2, uint64_t w3)
{
    const uint64_t w[4] = {w0, w1, w2, w3};
    if (user_run(user).kind != ARCH_TRAP_SYSCALL)
        return false;
    arch_user_set_result(&user->regs, STATUS_OK, w, 4);
    return true;
}

bool user_run_to_loop(struct hal_user *user)
{
    vaddr_t loop = USER_CODE + hal_programs[HAL_PROGRAM_REGISTERS].trap;
    struct arch_trap trap;
    do
        arch_user_run(&user->regs, &trap); /* an interrupt that was pending comes before the first instruction */
    while (trap.kind == ARCH_TRAP_INTERRUPT && trap.pc != loop);
    return trap.kind == ARCH_TRAP_INTERRUPT && arch_user_pc(&user->regs) == loop;
}

static bool is_marked(uint64_t value)
{
    return value >= 0x1000 && value < 0x1040;
}

uint32_t user_marked(const struct hal_user *user)
{
    const char *name;
    uint64_t value;
    uint32_t marked = 0;
    for (uint32_t i = 0; arch_user_register(&user->regs, i, &name, &value); i++)
        marked += is_marked(value);
    return is_marked(arch_user_sp(&user->regs)) ? marked : 0;
}

struct arch_call user_call(const struct hal_user *user)
{
    struct arch_call call;
    arch_user_get_call(&user->regs, &call);
    return call;
}
