/* SPDX-License-Identifier: MIT */
/* User mode that behaves: first state, system calls, results, interrupts, spaces. */
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/memory.h>
#include <arch/smp.h>
#include <arch/timer.h>
#include <base/string.h>

#include "suite.h"
#include "user.h"

#define VECTOR 7u
#define REGISTERS_MAX 64u

static struct hal_user user, other;

static void first_state_is_zero(void)
{
    CHECK(user_begin(&user, HAL_PROGRAM_ECHO));
    CHECK(arch_user_pc(&user.regs) == USER_CODE && arch_user_sp(&user.regs) == USER_STACK_TOP);
    struct arch_trap trap = user_run(&user);
    struct arch_call call = user_call(&user);
    CHECK(trap.kind == ARCH_TRAP_SYSCALL);
    CHECK(trap.pc > USER_CODE && trap.pc <= USER_CODE + 8);
    CHECK(arch_user_pc(&user.regs) == trap.pc && arch_user_sp(&user.regs) == USER_STACK_TOP);
    CHECK(call.nr == 0 && call.target == 0);
    CHECK(call.w[0] == 0 && call.w[1] == 0 && call.w[2] == 0 && call.w[3] == 0);
    CHECK(user_end(&user));
}

static void call_registers_are_where_the_abi_says(void)
{
    CHECK(user_begin(&user, HAL_PROGRAM_CALL));
    for (uint32_t i = 0; i < 3; i++) {
        CHECK(user_run(&user).kind == ARCH_TRAP_SYSCALL);
        struct arch_call call = user_call(&user);
        CHECK(call.nr == 5 && call.target == 2);
        CHECK(call.w[0] == 0x11 && call.w[1] == 0x22 && call.w[2] == 0x33 && call.w[3] == 0x44);
        arch_user_set_result(&user.regs, STATUS_OK, call.w, 0);
    }
    CHECK(user_end(&user));
}

static void results_arrive(void)
{
    static const uint64_t w[4] = {0x1111222233334444ull, ~0ull, 0x8000000000000000ull, 7};
    CHECK(user_begin(&user, HAL_PROGRAM_ECHO));
    CHECK(user_run(&user).kind == ARCH_TRAP_SYSCALL);
    arch_user_set_result(&user.regs, ERR_BAD_ENDPOINT, w, 4);
    CHECK(user_run(&user).kind == ARCH_TRAP_SYSCALL);
    struct arch_call call = user_call(&user);
    CHECK(call.nr == (uint64_t)(int64_t)ERR_BAD_ENDPOINT);
    CHECK(call.w[0] == w[0] && call.w[1] == w[1] && call.w[2] == w[2] && call.w[3] == w[3]);
    CHECK(user_end(&user));
}

static void only_the_named_words_change(void)
{
    static const uint64_t first[4] = {1, 2, 3, 4};
    static const uint64_t second[4] = {11, 12, 13, 14};
    CHECK(user_begin(&user, HAL_PROGRAM_ECHO));
    for (uint32_t words = 0; words <= 4; words++) {
        CHECK(user_run(&user).kind == ARCH_TRAP_SYSCALL);
        arch_user_set_result(&user.regs, STATUS_OK, first, 4);
        CHECK(user_run(&user).kind == ARCH_TRAP_SYSCALL);
        arch_user_set_result(&user.regs, STATUS_OK, second, words);
        CHECK(user_run(&user).kind == ARCH_TRAP_SYSCALL);
        struct arch_call call = user_call(&user);
        for (uint32_t i = 0; i < 4; i++)
            CHECK(call.w[i] == (i < words ? second[i] : first[i]));
    }
    CHECK(user_end(&user));
}

static void memory_is_shared_with_the_kernel(void)
{
    CHECK(user_begin(&user, HAL_PROGRAM_LOAD));
    uint8_t *data = arch_phys_ptr(user.data);
    for (uint32_t i = 0; i < PAGE_SIZE; i += 273) {
        data[i] = (uint8_t)(i / 16 + 1);
        CHECK(user_answer(&user, 0, USER_DATA + i, 0, 0));
        CHECK(user_run(&user).kind == ARCH_TRAP_SYSCALL);
        CHECK(user_call(&user).w[2] == data[i]);
        arch_user_set_result(&user.regs, STATUS_OK, NULL, 0);
    }
    CHECK(user_load(&user, HAL_PROGRAM_STORE));
    CHECK(user_answer(&user, 0, USER_DATA + 77, 0xAB, 0));
    CHECK(user_run(&user).kind == ARCH_TRAP_SYSCALL);
    CHECK(data[77] == 0xAB && data[76] == 0 && data[78] == 0);
    CHECK(user_end(&user));
}

static uint32_t interrupts;

static void count(void *data)
{
    *(uint32_t *)data += 1;
}

static void pending_interrupt_comes_first(void)
{
    interrupts = 0;
    CHECK_OK(arch_set_interrupt_handler(VECTOR, count, &interrupts));
    CHECK(user_begin(&user, HAL_PROGRAM_CALL));
    struct arch_trap trap = {.kind = ARCH_TRAP_COUNT};
    arch_send_ipi(1u << arch_cpu_id(), VECTOR);
    arch_user_run(&user.regs, &trap);
    CHECK(trap.kind == ARCH_TRAP_INTERRUPT && interrupts == 1);
    CHECK(user_run(&user).kind == ARCH_TRAP_SYSCALL);
    CHECK(user_call(&user).nr == 5 && interrupts == 1);
    CHECK(user_end(&user));
}

static void endless_loop_is_interrupted(void)
{
    struct arch_trap trap;
    CHECK(user_begin(&user, HAL_PROGRAM_SPIN));
    uint64_t start = arch_timer_get_ticks();
    for (uint32_t i = 0; i < 5; i++) {
        arch_user_run(&user.regs, &trap);
        CHECK(trap.kind == ARCH_TRAP_INTERRUPT);
        CHECK(trap.pc == USER_CODE && arch_user_pc(&user.regs) == USER_CODE);
    }
    CHECK(arch_timer_get_ticks() > start);
    CHECK(user_end(&user));
}

static void registers_survive_others(void)
{
    const struct hal_program *program = &hal_programs[HAL_PROGRAM_REGISTERS];
    CHECK(user_begin(&user, HAL_PROGRAM_REGISTERS));
    CHECK(user_begin(&other, HAL_PROGRAM_CALL));
    for (uint32_t i = 0; i < 5; i++) {
        arch_switch_address_space(&user.space);
        CHECK(user_run_to_loop(&user));
        CHECK(user_marked(&user) == program->registers);
        arch_switch_address_space(&other.space);
        CHECK(user_run(&other).kind == ARCH_TRAP_SYSCALL);
        CHECK(user_marked(&user) == program->registers);
        CHECK(user_marked(&other) == 0);
    }
    CHECK(user_end(&other));
    CHECK(user_end(&user));
}

/* Is there a register with this value? */
static bool has_register(uint64_t wanted)
{
    const char *name;
    uint64_t value;
    for (uint32_t i = 0; arch_user_register(&user.regs, i, &name, &value); i++) {
        if (value == wanted)
            return true;
    }
    return false;
}

static void results_show_in_the_registers(void)
{
    static const uint64_t w[4] = {0xABCDEF, 0, 0, 0};
    CHECK(user_begin(&user, HAL_PROGRAM_ECHO));
    CHECK(user_run(&user).kind == ARCH_TRAP_SYSCALL);
    CHECK(!has_register(0xABCDEF));
    arch_user_set_result(&user.regs, STATUS_OK, w, 1);
    CHECK(has_register(0xABCDEF));
    hal_step_aside();
    CHECK(has_register(0xABCDEF));
    CHECK(user_end(&user));
}

/* What the program does to a result register is not undone by the result. */
static void results_are_written_once(void)
{
    struct arch_trap trap;
    CHECK(user_begin(&user, HAL_PROGRAM_LOAD_LOOP));
    *(uint8_t *)arch_phys_ptr(user.data) = 0xC5;
    CHECK(user_answer(&user, 0, USER_DATA, 0xDEAD, 0));
    for (uint32_t i = 0; i < 3; i++) /* one interrupt may have been pending before */
        arch_user_run(&user.regs, &trap);
    CHECK(trap.kind == ARCH_TRAP_INTERRUPT);
    CHECK(has_register(0xC5) && !has_register(0xDEAD));
    hal_step_aside();
    CHECK(has_register(0xC5) && !has_register(0xDEAD));
    CHECK(user_end(&user));
}

static void register_names_are_unique(void)
{
    const char *names[REGISTERS_MAX];
    uint64_t value;
    uint32_t n = 0;
    bool has_pc = false;
    CHECK(user_begin(&user, HAL_PROGRAM_ECHO));
    while (n < REGISTERS_MAX && arch_user_register(&user.regs, n, &names[n], &value)) {
        has_pc = has_pc || value == USER_CODE;
        CHECK(names[n] != NULL && names[n][0] != '\0');
        for (uint32_t i = 0; i < n; i++)
            CHECK(!str_eq(names[i], names[n]));
        n++;
    }
    CHECK(n > 0 && n < REGISTERS_MAX && has_pc);
    CHECK(user_end(&user));
}

static void spaces_have_their_own_memory(void)
{
    CHECK(user_begin(&user, HAL_PROGRAM_LOAD));
    CHECK(user_begin(&other, HAL_PROGRAM_LOAD));
    *(uint8_t *)arch_phys_ptr(user.data) = 0x11;
    *(uint8_t *)arch_phys_ptr(other.data) = 0x22;
    for (uint32_t i = 0; i < 10; i++) {
        struct hal_user *u = i % 2 == 0 ? &user : &other;
        arch_switch_address_space(&u->space);
        CHECK(user_answer(u, 0, USER_DATA, 0, 0));
        CHECK(user_run(u).kind == ARCH_TRAP_SYSCALL);
        CHECK(user_call(u).w[2] == (i % 2 == 0 ? 0x11 : 0x22));
        arch_user_set_result(&u->regs, STATUS_OK, NULL, 0);
    }
    CHECK(user_end(&other));
    CHECK(user_end(&user));
}

static void new_code_runs_after_sync(void)
{
    CHECK(user_begin(&user, HAL_PROGRAM_ECHO));
    for (uint32_t i = 0; i < 10; i++) {
        CHECK(user_run(&user).kind == ARCH_TRAP_SYSCALL);
        CHECK(user_call(&user).nr == (i % 2 == 0 ? 0 : 5));
        CHECK(user_load(&user, i % 2 == 0 ? HAL_PROGRAM_CALL : HAL_PROGRAM_ECHO));
    }
    CHECK(user_end(&user));
}

static void states_can_be_made_again(void)
{
    CHECK(user_begin(&user, HAL_PROGRAM_CALL));
    for (uint32_t i = 0; i < 10; i++) {
        CHECK(user_run(&user).kind == ARCH_TRAP_SYSCALL);
        CHECK(user_call(&user).nr == 5);
        CHECK(user_load(&user, HAL_PROGRAM_ECHO));
        CHECK(user_run(&user).kind == ARCH_TRAP_SYSCALL);
        CHECK(user_call(&user).nr == 0); /* nothing of the former life */
        CHECK(user_load(&user, HAL_PROGRAM_CALL));
    }
    CHECK(user_end(&user));
}

static const struct hal_test tests[] = {
    {"first user state is zero but for pc and sp", first_state_is_zero},
    {"call registers are where the ABI says", call_registers_are_where_the_abi_says},
    {"status and result words arrive", results_arrive},
    {"only the named result words change", only_the_named_words_change},
    {"loads and stores reach RAM", memory_is_shared_with_the_kernel},
    {"a pending interrupt comes before user code", pending_interrupt_comes_first},
    {"an endless loop is interrupted", endless_loop_is_interrupted},
    {"registers survive other user code", registers_survive_others},
    {"results show in the registers", results_show_in_the_registers},
    {"results are written once", results_are_written_once},
    {"register names are unique", register_names_are_unique},
    {"spaces have their own memory", spaces_have_their_own_memory},
    {"new code runs after arch_sync_code()", new_code_runs_after_sync},
    {"a user state can be made again", states_can_be_made_again},
};
const struct hal_group hal_user_group = {tests, ARRAY_LEN(tests)};
