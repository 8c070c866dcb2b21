/* SPDX-License-Identifier: MIT */
/* What a panicking kernel prints, and that nothing can keep it from ending. */
#include <support/unit.h>

#include <stdio.h>
#include <string.h>

#include <abi/status.h>
#include <arch/cpu.h>
#include <arch/smp.h>
#include <diag/console.h>
#include <diag/log.h>
#include <diag/panic.h>

#include "../diag_priv.h"

static struct null_end end;
static int panic_line;

static void assert_that(void *arg)
{
    ASSERT(arg != NULL);
}

static void panic_here(void *arg)
{
    (void)arg;
    log_plain("a line before");
    log_plain("the last line");
    panic_line = __LINE__ + 1;
    panic("frame %d is %s", 7, "gone");
}

static bool prints(const char *text)
{
    return strstr(null_serial(), text) != NULL;
}

static int setup(void **state)
{
    unit_setup(state);
    end = null_run(panic_here, NULL);
    return 0;
}

TEST(panic_ends_the_machine_as_panic)
{
    assert_int_equal(end.kind, NULL_OFF);
    assert_int_equal(end.why, ARCH_OFF_PANIC);
    assert_string_equal(end.message, "frame 7 is gone");
}

TEST(panic_says_where_and_what)
{
    char expected[128];

    snprintf(expected, sizeof(expected), "\npanic: core/diag/test/panic_test.c:%d panic_here: frame 7 is gone\n",
             panic_line);
    assert_true(prints(expected));
}

TEST(panic_names_the_cpu_and_no_thread_before_there_are_any)
{
    assert_true(prints("\ncpu 0, thread -1, tick 0\n"));
}

static uint64_t tick_9(void)
{
    return 9;
}

static int32_t thread_5(void)
{
    return 5;
}

TEST(panic_names_thread_and_tick)
{
    unit_setup(state);
    log_set_source(tick_9, thread_5);
    end = null_run(panic_here, NULL);
    assert_true(prints("\ncpu 0, thread 5, tick 9\n"));
}

TEST(panic_prints_the_registers)
{
    assert_true(prints("\nregisters:\n  pc=0000") && prints(" fp=0000"));
    assert_false(prints("\n  fp=")); /* four on a line */
}

TEST(panic_prints_a_backtrace)
{
    assert_true(prints("\nbacktrace:\n  #0 0x"));
    assert_true(prints("\n  #2 0x"));
}

static __attribute__((noinline)) void panic_deep_down(void *arg)
{
    uint32_t *depth = arg;

    if (--*depth > 0)
        panic_deep_down(arg);
    else if (diag_state()->panicking == 0)
        panic("deep");
    ++*depth;
}

TEST(a_backtrace_ends_after_24_frames)
{
    uint32_t depth = 40;

    null_reset(NULL);
    (void)null_run(panic_deep_down, &depth);
    assert_true(prints("\n  #23 0x"));
    assert_false(prints("\n  #24 "));
}

TEST(panic_repeats_the_last_lines_oldest_first)
{
    assert_true(prints("\nlast log lines:\n  a line before\n  the last line\n"));
}

TEST(panic_message_is_the_last_word)
{
    const char *out = null_serial();
    const char *last = "frame 7 is gone\n";

    assert_string_equal(out + strlen(out) - strlen(last), last);
}

static void panic_with_a_full_console(void *arg)
{
    (void)arg;
    console_append("bytes nobody sent\n", 18);
    null_serial_set_busy(true);
    panic("late");
}

TEST(what_waited_in_the_console_comes_first)
{
    null_reset(NULL);
    (void)null_run(panic_with_a_full_console, NULL);
    assert_int_equal(strncmp(null_serial(), "bytes nobody sent\n\npanic: ", 26), 0);
}

TEST(without_a_line_before_there_is_none_to_repeat)
{
    null_reset(NULL);
    assert_panics(assert_that, NULL, "assertion failed: arg != NULL");
    assert_true(prints("\nlast log lines:\n"));
    assert_false(prints("\nlast log lines:\n  "));
}

static void panic_with_every_lock_held(void *arg)
{
    (void)arg;
    diag_state()->ring_lock = 1;
    diag_state()->log_lock = 1;
    diag_state()->sender = 1;
    panic("locked up");
}

TEST(panic_takes_no_lock)
{
    null_reset(NULL);
    assert_panics(panic_with_every_lock_held, NULL, "locked up");
}

static void panic_here_quietly(void *arg)
{
    (void)arg;
    panic("first");
}

static uint64_t panic_again(void)
{
    panic("while panicking");
}

TEST(a_second_panic_ends_silently)
{
    null_reset(NULL);
    log_set_source(panic_again, NULL);
    end = null_run(panic_here_quietly, NULL);
    assert_int_equal(end.kind, NULL_OFF);
    assert_int_equal(end.why, ARCH_OFF_PANIC);
    assert_int_equal(end.code, 0);
    assert_string_equal(end.message, "");
    assert_non_null(strstr(null_serial(), "panic: "));
    assert_null(strstr(null_serial(), "while panicking"));
}

static void panic_on_the_other_cpu(uint32_t cpu)
{
    panic("CPU %u as well", cpu);
}

/* While the first CPU prints, the other one panics. */
static uint64_t let_another_panic(void)
{
    for (uint32_t i = 0; i < 100; i++)
        arch_cpu_relax();
    return 7;
}

static void panic_with_another(void *arg)
{
    (void)arg;
    assert_int_equal(arch_start_cpu(1, panic_on_the_other_cpu), STATUS_OK);
    panic("first");
}

TEST(a_panic_of_another_cpu_lets_the_first_finish)
{
    null_reset(&(struct null_config){.cpus = 2});
    log_set_source(let_another_panic, NULL);
    end = null_run(panic_with_another, NULL);
    assert_int_equal(end.why, ARCH_OFF_PANIC);
    assert_string_equal(end.message, "first");
    assert_null(strstr(null_serial(), "as well"));
}

TEST(a_failed_assertion_panics_with_its_text)
{
    null_reset(NULL);
    assert_panics(assert_that, NULL, "assertion failed: arg != NULL");
}

TEST(a_true_assertion_does_nothing)
{
    int x;

    null_reset(NULL);
    assert_int_equal(null_run(assert_that, &x).kind, NULL_RETURNED);
    assert_string_equal(null_serial(), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(panic_ends_the_machine_as_panic, setup),
        cmocka_unit_test_setup(panic_says_where_and_what, setup),
        cmocka_unit_test_setup(panic_names_the_cpu_and_no_thread_before_there_are_any, setup),
        cmocka_unit_test_setup(panic_names_thread_and_tick, setup),
        cmocka_unit_test_setup(panic_prints_the_registers, setup),
        cmocka_unit_test_setup(panic_prints_a_backtrace, setup),
        cmocka_unit_test_setup(panic_repeats_the_last_lines_oldest_first, setup),
        cmocka_unit_test_setup(a_backtrace_ends_after_24_frames, setup),
        cmocka_unit_test_setup(without_a_line_before_there_is_none_to_repeat, setup),
        cmocka_unit_test_setup(panic_message_is_the_last_word, setup),
        cmocka_unit_test_setup(what_waited_in_the_console_comes_first, setup),
        cmocka_unit_test_setup(panic_takes_no_lock, setup),
        cmocka_unit_test_setup(a_second_panic_ends_silently, setup),
        cmocka_unit_test_setup(a_panic_of_another_cpu_lets_the_first_finish, setup),
        cmocka_unit_test_setup(a_failed_assertion_panics_with_its_text, setup),
        cmocka_unit_test_setup(a_true_assertion_does_nothing, setup),
    };

    return cmocka_run_group_tests_name("panic", tests, NULL, NULL);
}
