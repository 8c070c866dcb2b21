/* SPDX-License-Identifier: MIT */
/* The registry of invariants, state hashes, and trace events. */
#include <support/unit.h>

#include <string.h>

#include <diag/check.h>
#include <diag/counters.h>
#include <diag/trace.h>

#include "../diag_priv.h"

static const char *broken_a, *broken_b, *left_b;
static uint64_t value_a, value_b;

static const char *check_a(void)
{
    return broken_a;
}

static const char *check_b(void)
{
    return broken_b;
}

static const char *leak_b(void)
{
    return left_b;
}

static void hash_a(struct hash *hash)
{
    hash_u64(hash, value_a);
}

static void hash_b(struct hash *hash)
{
    hash_u64(hash, value_b);
}

static const struct check_module a = {.name = "a", .check = check_a, .hash = hash_a};
static const struct check_module b = {.name = "b", .check = check_b, .hash = hash_b, .leak = leak_b};
static const struct check_module silent = {.name = "silent"};

static int setup(void **state)
{
    broken_a = NULL;
    broken_b = NULL;
    left_b = NULL;
    value_a = 1;
    value_b = 2;
    return unit_setup(state);
}

static void register_both(void)
{
    check_register(&a);
    check_register(&b);
}

TEST(without_modules_everything_holds)
{
    const char *module = "untouched";

    assert_null(kernel_check(&module));
    assert_string_equal(module, "untouched");
}

TEST(sound_modules_hold)
{
    const char *module;

    register_both();
    assert_null(kernel_check(&module));
}

TEST(a_broken_invariant_is_named_with_its_module)
{
    const char *module = NULL;

    register_both();
    broken_b = "two is three";
    assert_string_equal(kernel_check(&module), "two is three");
    assert_string_equal(module, "b");
}

TEST(the_first_broken_module_is_reported)
{
    const char *module = NULL;

    register_both();
    broken_a = "first";
    broken_b = "second";
    assert_string_equal(kernel_check(&module), "first");
    assert_string_equal(module, "a");
}

TEST(a_module_without_check_or_hash_is_passed_over)
{
    const char *module;

    check_register(&silent);
    register_both();
    assert_null(kernel_check(&module));
    (void)kernel_hash();
    broken_b = "seen behind it";
    assert_string_equal(kernel_check(&module), "seen behind it");
}

static void register_too_many(void *arg)
{
    (void)arg;
    for (uint32_t i = 0; i <= CHECK_MODULES_MAX; i++)
        check_register(&silent);
}

TEST(more_modules_than_there_is_room_for_panic)
{
    assert_panics(register_too_many, NULL, "assertion failed: d->modules < CHECK_MODULES_MAX");
}

static void leave_kernel(void *arg)
{
    (void)arg;
    check_at_exit();
}

TEST(exits_are_not_checked_by_default)
{
    register_both();
    broken_a = "nobody looks";
    assert_int_equal(null_run(leave_kernel, NULL).kind, NULL_RETURNED);
}

TEST(a_checked_exit_panics_with_module_and_sentence)
{
    register_both();
    check_set_when(CHECK_ALWAYS);
    broken_b = "a queue is damaged";
    assert_panics(leave_kernel, NULL, "invariant of b broken: a queue is damaged");
}

TEST(a_checked_exit_of_a_sound_kernel_goes_on)
{
    register_both();
    check_set_when(CHECK_ALWAYS);
    assert_int_equal(null_run(leave_kernel, NULL).kind, NULL_RETURNED);
}

TEST(checking_can_be_switched_off_again)
{
    register_both();
    check_set_when(CHECK_ALWAYS);
    check_set_when(CHECK_NEVER);
    broken_a = "nobody looks";
    assert_int_equal(null_run(leave_kernel, NULL).kind, NULL_RETURNED);
}

TEST(equal_states_have_equal_hashes)
{
    register_both();
    uint64_t first = kernel_hash();
    assert_int_equal(kernel_hash(), first);
}

TEST(every_module_s_state_counts_in_the_hash)
{
    register_both();
    uint64_t first = kernel_hash();
    value_a = 3;
    uint64_t second = kernel_hash();
    assert_int_not_equal(first, second);
    value_b = 4;
    assert_int_not_equal(second, kernel_hash());
}

TEST(values_that_change_places_change_the_hash)
{
    register_both();
    uint64_t first = kernel_hash();
    value_a = 2;
    value_b = 1;
    assert_int_not_equal(first, kernel_hash());
}

TEST(tracing_is_silent_while_nobody_listens)
{
    trace(TRACE_MARK, 1, 2, 3, 4, 5);
    null_trace(true);
    assert_int_equal(null_trace_count(), 0);
}

TEST(an_event_carries_what_it_was_given)
{
    null_trace(true);
    trace(TRACE_EXIT, 3, 0x11, 0x22, 0x33, 0x44);
    assert_int_equal(null_trace_count(), 1);
    const struct trace_event expected = {.kind = TRACE_EXIT, .thread = 3, .a = 0x11, .b = 0x22, .c = 0x33, .d = 0x44};
    assert_memory_equal(null_trace_at(0), &expected, sizeof(expected));
}

TEST(a_call_event_carries_all_payload_words)
{
    const uint64_t w[4] = {10, 11, 12, 13};
    const struct trace_event expected = {
        .kind = TRACE_CALL, .thread = 2, .count = 4, .a = 5, .b = 6, .c = 10, .d = 11, .e = 12, .f = 13};

    null_trace(true);
    trace_send_words(TRACE_CALL, 2, 5, 6, w, 4);
    assert_memory_equal(null_trace_at(0), &expected, sizeof(expected));
}

TEST(a_text_is_traced_32_bytes_an_event)
{
    const struct trace_event first = {.kind = TRACE_TEXT, .thread = 2, .count = 32, .c = 0x3736353433323130,
        .d = 0x6665646362613938, .e = 0x3736353433323130, .f = 0x6665646362613938};
    const struct trace_event rest = {.kind = TRACE_TEXT, .thread = 2, .count = 9, .a = 32, .c = 0x5A5A5A5A5A5A5A5A, .d = 0xFF};

    null_trace(true);
    trace_send_text(2, "0123456789abcdef0123456789abcdefZZZZZZZZ\xFF", 41);
    assert_int_equal(null_trace_count(), 2);
    assert_memory_equal(null_trace_at(0), &first, sizeof(first));
    assert_memory_equal(null_trace_at(1), &rest, sizeof(rest));
    trace_send_text(2, "", 0);
    assert_int_equal(null_trace_count(), 2);
}

TEST(counters_start_at_0)
{
    const struct counters zero = {0};

    assert_memory_equal(counters_get(), &zero, sizeof(zero));
}

TEST(what_is_left_at_the_end_is_named_with_its_module)
{
    const char *module = "untouched";

    register_both();
    assert_null(kernel_leak(&module));
    left_b = "a thing is left";
    assert_string_equal(kernel_leak(&module), "a thing is left");
    assert_string_equal(module, "b");
}

static void end(void *arg)
{
    (void)arg;
    check_at_end();
}

TEST(a_leak_is_a_panic_only_where_somebody_looks)
{
    register_both();
    left_b = "a thing is left";
    check_at_end();
    check_set_when(CHECK_ALWAYS);
    left_b = NULL;
    check_at_end();
    left_b = "a thing is left";
    assert_panics(end, NULL, "leak in b: a thing is left");
}

TEST(a_broken_invariant_is_found_at_the_end_too)
{
    register_both();
    check_set_when(CHECK_ALWAYS);
    broken_a = "a thing is broken";
    assert_panics(end, NULL, "invariant of a broken: a thing is broken");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(without_modules_everything_holds, setup),
        cmocka_unit_test_setup(sound_modules_hold, setup),
        cmocka_unit_test_setup(a_broken_invariant_is_named_with_its_module, setup),
        cmocka_unit_test_setup(the_first_broken_module_is_reported, setup),
        cmocka_unit_test_setup(a_module_without_check_or_hash_is_passed_over, setup),
        cmocka_unit_test_setup(more_modules_than_there_is_room_for_panic, setup),
        cmocka_unit_test_setup(exits_are_not_checked_by_default, setup),
        cmocka_unit_test_setup(a_checked_exit_panics_with_module_and_sentence, setup),
        cmocka_unit_test_setup(a_checked_exit_of_a_sound_kernel_goes_on, setup),
        cmocka_unit_test_setup(checking_can_be_switched_off_again, setup),
        cmocka_unit_test_setup(what_is_left_at_the_end_is_named_with_its_module, setup),
        cmocka_unit_test_setup(a_leak_is_a_panic_only_where_somebody_looks, setup),
        cmocka_unit_test_setup(a_broken_invariant_is_found_at_the_end_too, setup),
        cmocka_unit_test_setup(equal_states_have_equal_hashes, setup),
        cmocka_unit_test_setup(every_module_s_state_counts_in_the_hash, setup),
        cmocka_unit_test_setup(values_that_change_places_change_the_hash, setup),
        cmocka_unit_test_setup(tracing_is_silent_while_nobody_listens, setup),
        cmocka_unit_test_setup(an_event_carries_what_it_was_given, setup),
        cmocka_unit_test_setup(a_call_event_carries_all_payload_words, setup),
        cmocka_unit_test_setup(a_text_is_traced_32_bytes_an_event, setup),
        cmocka_unit_test_setup(counters_start_at_0, setup),
    };

    return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
