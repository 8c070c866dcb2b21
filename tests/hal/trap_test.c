/* SPDX-License-Identifier: MIT */
/*
 * User mode that misbehaves: every trap is reported with its kind, exact addresses, and an untouched program counter.
 */
#include <arch/memory.h>
#include <base/mem.h>

#include "suite.h"
#include "user.h"

static struct hal_user user;

/* Run a program that traps at a known instruction, twice: nothing moves while the kernel does nothing. */
static void expect_trap(enum hal_program_id program, enum arch_trap_kind kind)
{
    if (!user_begin(&user, program))
        return;
    for (uint32_t i = 0; i < 3; i++) {
        struct arch_trap trap = user_run(&user);
        CHECK(trap.kind == kind);
        CHECK(trap.pc == USER_CODE + hal_programs[program].trap);
        CHECK(trap.addr == 0);
        CHECK(arch_user_pc(&user.regs) == trap.pc);
    }
    CHECK(user_end(&user));
}

static void illegal_instruction(void)
{
    expect_trap(HAL_PROGRAM_ILLEGAL, ARCH_TRAP_ILLEGAL);
}

static void privileged_instruction(void)
{
    expect_trap(HAL_PROGRAM_PRIVILEGED, ARCH_TRAP_ILLEGAL);
}

static void waiting_for_interrupts(void)
{
    expect_trap(HAL_PROGRAM_WAIT, ARCH_TRAP_ILLEGAL);
}

static void foreign_call(void)
{
    expect_trap(HAL_PROGRAM_FOREIGN, ARCH_TRAP_ILLEGAL);
}

static void breakpoint(void)
{
    expect_trap(HAL_PROGRAM_BREAKPOINT, ARCH_TRAP_BREAKPOINT);
}

static void floating_point(void)
{
    expect_trap(HAL_PROGRAM_FP, ARCH_TRAP_FP);
}

static void cycle_counter(void)
{
    expect_trap(HAL_PROGRAM_COUNTER, ARCH_TRAP_COUNTER);
}

static void division_by_zero(void)
{
    expect_trap(HAL_PROGRAM_DIVIDE, ARCH_TRAP_ARITHMETIC);
}

static void port_without_grant(void)
{
    expect_trap(HAL_PROGRAM_PORT_READ, ARCH_TRAP_PORT);
}

static void port_with_grant(void)
{
    if (!user_begin(&user, HAL_PROGRAM_PORT_READ))
        return;
    arch_user_allow_ports(&user.regs, 0x3F8, 8, true);
    CHECK(user_run(&user).kind == ARCH_TRAP_SYSCALL);
    CHECK(user_call(&user).w[0] <= 0xFF);
    arch_user_allow_ports(&user.regs, 0x3F8, 8, false);
    CHECK(user_run(&user).kind == ARCH_TRAP_PORT);
    CHECK(user_end(&user));
}

/* Let the loaded program touch `va`, check the page fault that this must cause, and load the next program. */
static bool faults(enum hal_program_id next, vaddr_t va, enum arch_access access, bool permission)
{
    if (!user_answer(&user, 0, va, 0, 0))
        return false;
    struct arch_trap trap = user_run(&user);
    vaddr_t pc = access == ARCH_ACCESS_EXECUTE ? va : arch_user_pc(&user.regs);
    return trap.kind == ARCH_TRAP_PAGE && trap.access == access && trap.permission == permission && trap.addr == va &&
           trap.pc == pc && user_load(&user, next);
}

static void reading_nothing(void)
{
    CHECK(user_begin(&user, HAL_PROGRAM_LOAD));
    CHECK(faults(HAL_PROGRAM_LOAD, 0, ARCH_ACCESS_READ, false));
    CHECK(faults(HAL_PROGRAM_LOAD, 8, ARCH_ACCESS_READ, false));
    CHECK(faults(HAL_PROGRAM_LOAD, USER_NOTHING, ARCH_ACCESS_READ, false));
    CHECK(faults(HAL_PROGRAM_LOAD, USER_NOTHING + 0xABC, ARCH_ACCESS_READ, false));
    CHECK(faults(HAL_PROGRAM_LOAD, USER_DATA - 1, ARCH_ACCESS_READ, false));
    CHECK(user_end(&user));
}

static void writing_nothing(void)
{
    CHECK(user_begin(&user, HAL_PROGRAM_STORE));
    CHECK(faults(HAL_PROGRAM_STORE, 0, ARCH_ACCESS_WRITE, false));
    CHECK(faults(HAL_PROGRAM_STORE, USER_NOTHING + 0x777, ARCH_ACCESS_WRITE, false));
    CHECK(user_end(&user));
}

static void executing_nothing(void)
{
    CHECK(user_begin(&user, HAL_PROGRAM_JUMP));
    CHECK(faults(HAL_PROGRAM_JUMP, 0, ARCH_ACCESS_EXECUTE, false));
    CHECK(faults(HAL_PROGRAM_JUMP, USER_NOTHING + 0x40, ARCH_ACCESS_EXECUTE, false));
    CHECK(user_end(&user));
}

static void writing_read_only(void)
{
    CHECK(user_begin(&user, HAL_PROGRAM_STORE));
    CHECK(faults(HAL_PROGRAM_STORE, USER_READ_ONLY + 5, ARCH_ACCESS_WRITE, true));
    CHECK(faults(HAL_PROGRAM_STORE, USER_CODE + 0x800, ARCH_ACCESS_WRITE, true));
    CHECK(*(uint8_t *)arch_phys_ptr(user.read_only + 5) == 0);
    CHECK(user_end(&user));
}

static void executing_data(void)
{
    CHECK(user_begin(&user, HAL_PROGRAM_JUMP));
    CHECK(faults(HAL_PROGRAM_JUMP, USER_DATA + 0x10, ARCH_ACCESS_EXECUTE, true));
    CHECK(faults(HAL_PROGRAM_JUMP, USER_READ_ONLY, ARCH_ACCESS_EXECUTE, true));
    CHECK(faults(HAL_PROGRAM_JUMP, USER_STACK_TOP - 16, ARCH_ACCESS_EXECUTE, true));
    CHECK(user_end(&user));
}

static void kernel_addresses(void)
{
    CHECK(user_begin(&user, HAL_PROGRAM_LOAD));
    CHECK(faults(HAL_PROGRAM_LOAD, ARCH_KERNEL_VBASE, ARCH_ACCESS_READ, true));
    CHECK(faults(HAL_PROGRAM_STORE, ARCH_KERNEL_VBASE + 0x1234, ARCH_ACCESS_READ, true));
    CHECK(faults(HAL_PROGRAM_JUMP, ARCH_KERNEL_VBASE + 3, ARCH_ACCESS_WRITE, true));
    CHECK(faults(HAL_PROGRAM_LOAD, ARCH_KERNEL_VBASE, ARCH_ACCESS_EXECUTE, true));
    CHECK(user_end(&user));
}

static void pages_of_the_kernel_in_the_user_half(void)
{
    CHECK(user_begin(&user, HAL_PROGRAM_LOAD));
    CHECK_OK(arch_protect_page(&user.space, USER_DATA, ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE));
    CHECK(faults(HAL_PROGRAM_LOAD, USER_DATA + 1, ARCH_ACCESS_READ, true));
    CHECK(user_end(&user));
}

static void strange_addresses(void)
{
    static const vaddr_t strange[] = {ARCH_USER_VTOP, ARCH_USER_VTOP + 1, 1ull << 62, ~0ull};
    CHECK(user_begin(&user, HAL_PROGRAM_LOAD));
    for (uint32_t i = 0; i < ARRAY_LEN(strange); i++) {
        CHECK(user_answer(&user, 0, strange[i], 0, 0));
        struct arch_trap trap = user_run(&user);
        /* Not canonical is a general protection fault on x86, like a privileged instruction. */
        CHECK(trap.kind == ARCH_TRAP_PAGE || trap.kind == ARCH_TRAP_ILLEGAL);
        CHECK(trap.kind != ARCH_TRAP_PAGE || trap.addr == strange[i]);
        CHECK(user_load(&user, HAL_PROGRAM_LOAD));
    }
    CHECK(user_end(&user));
}

/* Behind the last instruction there is nothing to return to, and on x86 no address at all. */
static void system_call_at_the_end_of_the_user_half(void)
{
    uint8_t insn[8];
    CHECK(user_begin(&user, HAL_PROGRAM_ECHO));
    struct arch_trap trap = user_run(&user);
    uint64_t size = trap.pc - USER_CODE;
    CHECK(trap.kind == ARCH_TRAP_SYSCALL && size <= sizeof(insn));
    uint8_t *code = arch_phys_ptr(user.code);
    memcpy(insn, code, size);
    memcpy(code + PAGE_SIZE - size, insn, size);
    arch_sync_code(user.code, PAGE_SIZE);
    CHECK_OK(arch_map_page(&user.space, ARCH_USER_VTOP - (PAGE_SIZE - 1), user.code, ARCH_MAP_USER));
    arch_user_init(&user.regs, ARCH_USER_VTOP + 1 - size, USER_STACK_TOP);
    trap = user_run(&user);
    CHECK(trap.kind == ARCH_TRAP_SYSCALL && trap.pc == ARCH_USER_VTOP + 1);
    arch_user_set_result(&user.regs, STATUS_OK, NULL, 0);
    for (uint32_t i = 0; i < 2; i++) {
        trap = user_run(&user);
        CHECK(trap.kind == ARCH_TRAP_PAGE || trap.kind == ARCH_TRAP_ILLEGAL);
        CHECK(trap.pc == ARCH_USER_VTOP + 1);
    }
    CHECK(user_end(&user));
}

static void a_fault_can_be_repaired(void)
{
    CHECK(user_begin(&user, HAL_PROGRAM_STORE));
    paddr_t frame = test_frame(&hal.frames);
    CHECK(user_answer(&user, 0, USER_NOTHING + 9, 0x5A, 0));
    CHECK(user_run(&user).kind == ARCH_TRAP_PAGE);
    CHECK_OK(arch_map_page(&user.space, USER_NOTHING, frame, ARCH_MAP_USER | ARCH_MAP_NO_EXECUTE));
    struct arch_trap trap = user_run(&user);
    CHECK(trap.kind == ARCH_TRAP_PAGE && trap.permission);
    CHECK_OK(arch_protect_page(&user.space, USER_NOTHING, ARCH_MAP_USER | ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE));
    CHECK(user_run(&user).kind == ARCH_TRAP_SYSCALL);
    CHECK(*(uint8_t *)arch_phys_ptr(frame + 9) == 0x5A);
    CHECK_OK(arch_unmap_page(&user.space, USER_NOTHING));
    test_frame_free(&hal.frames, frame);
    CHECK(user_end(&user));
}

static void misaligned_jump(void)
{
    uint32_t offset = hal_programs[HAL_PROGRAM_JUMP].trap;
    if (offset == 0)
        SKIP("this ISA jumps anywhere");
    CHECK(user_begin(&user, HAL_PROGRAM_JUMP));
    CHECK(user_answer(&user, 0, USER_CODE + offset, 0, 0));
    struct arch_trap trap = user_run(&user);
    CHECK(trap.kind == ARCH_TRAP_ALIGN && trap.pc == USER_CODE + offset);
    CHECK(user_end(&user));
}

static const struct hal_test tests[] = {
    {"illegal instruction", illegal_instruction},
    {"privileged instruction", privileged_instruction},
    {"waiting for an interrupt is privileged", waiting_for_interrupts},
    {"call to somebody else than the kernel", foreign_call},
    {"breakpoint", breakpoint},
    {"floating point", floating_point},
    {"cycle counter", cycle_counter},
    {"division by zero", division_by_zero},
    {"I/O port without a grant", port_without_grant},
    {"I/O port with a grant, until it is taken back", port_with_grant},
    {"reading where nothing is mapped", reading_nothing},
    {"writing where nothing is mapped", writing_nothing},
    {"executing where nothing is mapped", executing_nothing},
    {"writing a read-only page", writing_read_only},
    {"executing data", executing_data},
    {"kernel addresses are a permission fault", kernel_addresses},
    {"kernel pages in the user half", pages_of_the_kernel_in_the_user_half},
    {"addresses of neither half", strange_addresses},
    {"system call at the end of the user half", system_call_at_the_end_of_the_user_half},
    {"a page fault can be repaired", a_fault_can_be_repaired},
    {"misaligned jump", misaligned_jump},
};
const struct hal_group hal_trap_group = {tests, ARRAY_LEN(tests)};
