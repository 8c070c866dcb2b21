/* SPDX-License-Identifier: MIT */
#include <support/unit.h>

#include <base/cmdline.h>

static char value[16];

static void value_of_a_key(void **state)
{
    (void)state;
    assert_true(cmdline_get("console=uart seed=42 quiet", "seed", value, sizeof(value)));
    assert_string_equal(value, "42");
}

static void first_and_last_word(void **state)
{
    (void)state;
    assert_true(cmdline_get("a=1 b=2", "a", value, sizeof(value)));
    assert_string_equal(value, "1");
    assert_true(cmdline_get("a=1 b=2", "b", value, sizeof(value)));
    assert_string_equal(value, "2");
}

static void absent_key(void **state)
{
    (void)state;
    assert_false(cmdline_get("a=1 b=2", "c", value, sizeof(value)));
    assert_string_equal(value, "");
    assert_false(cmdline_has("a=1 b=2", "c"));
}

static void key_without_value_is_empty(void **state)
{
    (void)state;
    assert_true(cmdline_get("quiet a=1", "quiet", value, sizeof(value)));
    assert_string_equal(value, "");
}

static void empty_value(void **state)
{
    (void)state;
    assert_true(cmdline_get("a= b=2", "a", value, sizeof(value)));
    assert_string_equal(value, "");
}

static void value_may_hold_an_equals_sign(void **state)
{
    (void)state;
    assert_true(cmdline_get("task=a=b", "task", value, sizeof(value)));
    assert_string_equal(value, "a=b");
}

static void last_one_counts(void **state)
{
    (void)state;
    assert_true(cmdline_get("seed=1 seed=22 x seed=3", "seed", value, sizeof(value)));
    assert_string_equal(value, "3");
}

static void key_is_a_whole_word(void **state)
{
    (void)state;
    assert_false(cmdline_has("seeds=1", "seed"));
    assert_false(cmdline_has("reseed=1", "seed"));
    assert_false(cmdline_has("x=seed", "seed"));
    assert_false(cmdline_has("see", "seed"));
}

static void several_spaces_are_one(void **state)
{
    (void)state;
    assert_true(cmdline_get("  a=1    b=2  ", "b", value, sizeof(value)));
    assert_string_equal(value, "2");
}

static void empty_line(void **state)
{
    (void)state;
    assert_false(cmdline_has("", "a"));
    assert_false(cmdline_has("   ", "a"));
}

static void empty_key_is_never_there(void **state)
{
    (void)state;
    assert_false(cmdline_has("a b", ""));
    assert_false(cmdline_has("=1", ""));
    assert_false(cmdline_has("", ""));
}

static void has_with_and_without_a_value(void **state)
{
    (void)state;
    assert_true(cmdline_has("quiet a=1", "quiet"));
    assert_true(cmdline_has("quiet a=1", "a"));
    assert_true(cmdline_has("a=1 quiet", "quiet"));
}

static void value_that_fits_exactly(void **state)
{
    (void)state;
    assert_true(cmdline_get("k=123456789012345", "k", value, sizeof(value)));
    assert_string_equal(value, "123456789012345");
}

static void value_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    value[0] = '#';
    assert_false(cmdline_get("k=1234567890123456", "k", value, sizeof(value)));
    assert_string_equal(value, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(value_of_a_key),
        cmocka_unit_test(first_and_last_word),
        cmocka_unit_test(absent_key),
        cmocka_unit_test(key_without_value_is_empty),
        cmocka_unit_test(empty_value),
        cmocka_unit_test(value_may_hold_an_equals_sign),
        cmocka_unit_test(last_one_counts),
        cmocka_unit_test(key_is_a_whole_word),
        cmocka_unit_test(several_spaces_are_one),
        cmocka_unit_test(empty_line),
        cmocka_unit_test(empty_key_is_never_there),
        cmocka_unit_test(has_with_and_without_a_value),
        cmocka_unit_test(value_that_fits_exactly),
        cmocka_unit_test(value_that_does_not_fit_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
