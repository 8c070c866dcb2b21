/* SPDX-License-Identifier: MIT */
/* Scripted user mode: step functions, programs as coroutines, restarts, faults. */
#include <string.h>

#include <arch/irq.h>
#include <arch/memory.h>
#include <arch/timer.h>
#include <null/user.h>
#include <support/frames.h>
#include <support/unit.h>

#define ENTRY 0x40100000ull
#define OTHER_ENTRY 0x40104000ull
#define STACK 0x40002000ull

static struct arch_user user, other;
static struct arch_trap trap;
static struct null_result seen;

static uint64_t call_number(const struct arch_user *u)
{
    struct arch_call call;
    arch_user_get_call(u, &call);
    return call.nr;
}

static bool step_twice(struct arch_user *u, struct arch_trap *t)
{
    const uint64_t w[4] = {10, 11, 12, 13};
    u->step_data++;
    return u->step_data % 2 == 0 && null_step_call(u, t, u->step_data, 5, w);
}

static void step_function_makes_calls(void **state)
{
    (void)state;
    null_script(ENTRY, step_twice);
    arch_user_init(&user, ENTRY, STACK);
    arch_user_run(&user, &trap);
    struct arch_call call;
    arch_user_get_call(&user, &call);
    assert_int_equal(trap.kind, ARCH_TRAP_SYSCALL);
    assert_int_equal(trap.pc, ENTRY);
    assert_int_equal(call.nr, 2);
    assert_int_equal(call.target, 5);
    assert_int_equal(call.w[3], 13);
    assert_int_equal(arch_timer_get_ticks(), 2); /* the step that only computed took time as well */
}

static void one_call(struct arch_user *u)
{
    seen = null_call(u, 3, 1, 2, 4, 6, 8);
}

static void program_gets_its_answer(void **state)
{
    (void)state;
    const uint64_t w[4] = {100, 101};
    null_program(ENTRY, one_call);
    arch_user_init(&user, ENTRY, STACK);
    arch_user_run(&user, &trap);
    assert_int_equal(call_number(&user), 3);
    arch_user_set_result(&user, ERR_BAD_TARGET, w, 2);
    arch_user_run(&user, &trap);
    assert_int_equal(seen.status, ERR_BAD_TARGET);
    assert_int_equal(seen.w[0], 100);
    assert_int_equal(seen.w[1], 101);
    assert_int_equal(seen.w[2], 6); /* not a result word */
    assert_int_equal(trap.kind, ARCH_TRAP_ILLEGAL); /* the end of a program */
}

static void count_calls(struct arch_user *u)
{
    for (uint64_t i = 0;; i++)
        null_call(u, i, 0, 0, 0, 0, 0);
}

static void programs_take_turns(void **state)
{
    (void)state;
    null_program(ENTRY, count_calls);
    arch_user_init(&user, ENTRY, STACK);
    arch_user_init(&other, ENTRY, STACK);
    for (uint64_t i = 0; i < 10; i++) {
        arch_user_run(&user, &trap);
        assert_int_equal(call_number(&user), i);
        arch_user_run(&other, &trap);
        assert_int_equal(call_number(&other), i);
    }
}

static void a_restarted_program_starts_again(void **state)
{
    (void)state;
    null_program(ENTRY, count_calls);
    for (int life = 0; life < 300; life++) { /* more lives than places for programs */
        arch_user_init(&user, ENTRY, STACK);
        arch_user_run(&user, &trap);
        assert_int_equal(call_number(&user), 0);
        arch_user_run(&user, &trap);
        assert_int_equal(call_number(&user), 1);
    }
}

static void entry_chooses_the_program(void **state)
{
    (void)state;
    null_program(ENTRY, one_call);
    null_program(NULL_ANY_ENTRY, count_calls);
    arch_user_init(&user, ENTRY, STACK);
    arch_user_init(&other, OTHER_ENTRY, STACK);
    arch_user_run(&user, &trap);
    arch_user_run(&other, &trap);
    assert_int_equal(call_number(&user), 3);
    assert_int_equal(call_number(&other), 0);
}

static void compute_then_call(struct arch_user *u)
{
    null_compute(u, 25000);
    null_call(u, 9, 0, 0, 0, 0, 0);
}

static void computing_is_interrupted(void **state)
{
    (void)state;
    uint32_t interrupts = 0;
    null_program(ENTRY, compute_then_call);
    arch_timer_init(100);
    arch_user_init(&user, ENTRY, STACK);
    for (arch_user_run(&user, &trap); trap.kind == ARCH_TRAP_INTERRUPT; arch_user_run(&user, &trap))
        interrupts++;
    assert_int_equal(interrupts, 2);
    assert_int_equal(call_number(&user), 9);
}

static void pending_interrupt_comes_first(void **state)
{
    (void)state;
    null_program(ENTRY, one_call);
    arch_user_init(&user, ENTRY, STACK);
    null_inject(0, 4);
    arch_user_run(&user, &trap);
    assert_int_equal(trap.kind, ARCH_TRAP_INTERRUPT);
    arch_user_run(&user, &trap);
    assert_int_equal(trap.kind, ARCH_TRAP_SYSCALL);
}

static void store_then_call(struct arch_user *u)
{
    uint32_t value = 0x12345678;
    null_write(u, 0x5FFE, &value, sizeof(value));
    null_read(u, &value, 0x5FFE, sizeof(value));
    null_call(u, value, 0, 0, 0, 0, 0);
}

static void refused_access_traps_and_is_retried(void **state)
{
    (void)state;
    struct test_frames frames;
    struct arch_space space;
    test_frames_init(&frames, ARCH_RAM_BASE + NULL_KERNEL_SIZE, 16);
    assert_ok(arch_create_address_space(&space, 1, &frames.source));
    uint32_t rw = ARCH_MAP_USER | ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE;
    assert_ok(arch_map_page(&space, 0x5000, test_frame(&frames), rw));
    arch_switch_address_space(&space);
    null_program(ENTRY, store_then_call);
    arch_user_init(&user, ENTRY, STACK);
    arch_user_run(&user, &trap);
    assert_int_equal(trap.kind, ARCH_TRAP_PAGE);
    assert_int_equal(trap.access, ARCH_ACCESS_WRITE);
    assert_int_equal(trap.addr, 0x6000);
    assert_false(trap.permission);
    assert_ok(arch_map_page(&space, 0x6000, test_frame(&frames), ARCH_MAP_USER | ARCH_MAP_NO_EXECUTE));
    arch_user_run(&user, &trap);
    assert_true(trap.permission); /* read-only now */
    assert_ok(arch_protect_page(&space, 0x6000, rw));
    arch_user_run(&user, &trap);
    assert_int_equal(call_number(&user), 0x12345678);
    assert_int_equal(null_flushes().page, 1);
}

static void port_grants_are_recorded(void **state)
{
    (void)state;
    arch_user_init(&user, ENTRY, STACK);
    arch_user_allow_ports(&user, 0x3F8, 8, true);
    assert_int_equal(user.port_first, 0x3F8);
    assert_int_equal(user.port_count, 8);
    arch_user_allow_ports(&user, 0x3F8, 8, false);
    assert_int_equal(user.port_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(step_function_makes_calls, unit_setup),
        cmocka_unit_test_setup(program_gets_its_answer, unit_setup),
        cmocka_unit_test_setup(programs_take_turns, unit_setup),
        cmocka_unit_test_setup(a_restarted_program_starts_again, unit_setup),
        cmocka_unit_test_setup(entry_chooses_the_program, unit_setup),
        cmocka_unit_test_setup(computing_is_interrupted, unit_setup),
        cmocka_unit_test_setup(pending_interrupt_comes_first, unit_setup),
        cmocka_unit_test_setup(refused_access_traps_and_is_retried, unit_setup),
        cmocka_unit_test_setup(port_grants_are_recorded, unit_setup),
    };
    return cmocka_run_group_tests_name("hal-null user mode", tests, NULL, NULL);
}
