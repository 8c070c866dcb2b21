/* SPDX-License-Identifier: MIT */
/* Log lines: their form, their way to the console, and the ring of recent ones. */
#include <support/unit.h>

#include <stdio.h>
#include <string.h>

#include <diag/console.h>
#include <diag/log.h>

static const char *printed(void)
{
    console_flush();
    return null_serial();
}

static uint64_t tick_42(void)
{
    return 42;
}

static uint64_t huge_tick(void)
{
    return 0x1234567890ull;
}

static int32_t thread_3(void)
{
    return 3;
}

static int32_t no_thread(void)
{
    return -1;
}

TEST(a_line_has_tick_thread_level_and_text)
{
    log_set_source(tick_42, thread_3);
    log_info("hello %s %d", "world", -5);
    assert_string_equal(printed(), "[TICK:0000002A] [T3] [INFO] hello world -5\n");
}

TEST(before_there_is_a_clock_the_tick_is_0_and_nobody_runs)
{
    log_info("early");
    assert_string_equal(printed(), "[TICK:00000000] [T-] [INFO] early\n");
}

TEST(a_cpu_without_a_thread_is_a_dash)
{
    log_set_source(tick_42, no_thread);
    log_info("idle");
    assert_string_equal(printed(), "[TICK:0000002A] [T-] [INFO] idle\n");
}

static int32_t number;

static int32_t thread_of_that_number(void)
{
    return number;
}

TEST(a_thread_s_number_may_have_two_digits)
{
    static const int32_t numbers[] = {9, 10, 12, 63, 99};
    char expected[64];

    log_set_source(tick_42, thread_of_that_number);
    for (uint32_t i = 0; i < ARRAY_LEN(numbers); i++) {
        number = numbers[i];
        null_serial_clear();
        log_info("two");
        snprintf(expected, sizeof(expected), "[TICK:0000002A] [T%d] [INFO] two\n", number);
        assert_string_equal(printed(), expected);
    }
}

TEST(the_tick_shows_its_low_32_bits)
{
    log_set_source(huge_tick, NULL);
    log_info("late");
    assert_string_equal(printed(), "[TICK:34567890] [T-] [INFO] late\n");
}

TEST(each_level_has_its_name)
{
    log_err("a");
    log_warn("b");
    log_line(LOG_DEBUG, "c");
    assert_string_equal(printed(), "[TICK:00000000] [T-] [ERROR] a\n[TICK:00000000] [T-] [WARN] b\n"
                                   "[TICK:00000000] [T-] [DEBUG] c\n");
}

TEST(a_level_above_the_maximum_costs_not_even_its_arguments)
{
    int evaluated = 0;

    log_debug("%d", ++evaluated);
    assert_int_equal(evaluated, 0);
    assert_string_equal(printed(), "");
}

TEST(a_plain_line_has_no_prefix)
{
    log_set_source(tick_42, thread_3);
    log_plain("  indented %u", 7u);
    assert_string_equal(printed(), "  indented 7\n");
}

TEST(an_overlong_line_is_cut_but_still_ends)
{
    char text[400];

    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    log_info("%s", text);
    log_plain("%s", text);
    const char *out = printed();
    const char *second = strchr(out, '\n') + 1;
    assert_int_equal(second - out, LOG_LINE_MAX - 1);
    assert_int_equal(strlen(second), LOG_LINE_MAX - 1);
    assert_int_equal(second[LOG_LINE_MAX - 2], '\n');
}

TEST(recent_lines_are_counted_from_the_newest)
{
    log_plain("one");
    log_plain("two");
    assert_string_equal(log_recent(0), "two\n");
    assert_string_equal(log_recent(1), "one\n");
    assert_null(log_recent(2));
}

TEST(no_line_is_recent_before_the_first)
{
    assert_null(log_recent(0));
}

TEST(the_ring_keeps_the_last_lines_and_no_more)
{
    char expected[16];

    for (uint32_t i = 0; i < LOG_LINES + 5; i++)
        log_plain("line %u", i);
    for (uint32_t age = 0; age < LOG_LINES; age++) {
        snprintf(expected, sizeof(expected), "line %u\n", LOG_LINES + 4 - age);
        assert_string_equal(log_recent(age), expected);
    }
    assert_null(log_recent(LOG_LINES));
}

TEST(a_shorter_line_in_a_used_place_has_no_tail_of_the_old_one)
{
    for (uint32_t i = 0; i < LOG_LINES; i++)
        log_plain("a long line to be overwritten");
    log_plain("x");
    assert_string_equal(log_recent(0), "x\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_line_has_tick_thread_level_and_text, unit_setup),
        cmocka_unit_test_setup(before_there_is_a_clock_the_tick_is_0_and_nobody_runs, unit_setup),
        cmocka_unit_test_setup(a_cpu_without_a_thread_is_a_dash, unit_setup),
        cmocka_unit_test_setup(a_thread_s_number_may_have_two_digits, unit_setup),
        cmocka_unit_test_setup(the_tick_shows_its_low_32_bits, unit_setup),
        cmocka_unit_test_setup(each_level_has_its_name, unit_setup),
        cmocka_unit_test_setup(a_level_above_the_maximum_costs_not_even_its_arguments, unit_setup),
        cmocka_unit_test_setup(a_plain_line_has_no_prefix, unit_setup),
        cmocka_unit_test_setup(an_overlong_line_is_cut_but_still_ends, unit_setup),
        cmocka_unit_test_setup(recent_lines_are_counted_from_the_newest, unit_setup),
        cmocka_unit_test_setup(no_line_is_recent_before_the_first, unit_setup),
        cmocka_unit_test_setup(the_ring_keeps_the_last_lines_and_no_more, unit_setup),
        cmocka_unit_test_setup(a_shorter_line_in_a_used_place_has_no_tail_of_the_old_one, unit_setup),
    };

    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
