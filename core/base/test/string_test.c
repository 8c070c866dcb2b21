/* SPDX-License-Identifier: MIT */
#include <support/unit.h>

#include <base/string.h>

static void len_of_empty_is_0(void **state)
{
    (void)state;
    assert_int_equal(str_len(""), 0);
}

static void len_stops_at_the_nul(void **state)
{
    (void)state;
    assert_int_equal(str_len("abc\0def"), 3);
}

static void eq_of_equal_strings(void **state)
{
    (void)state;
    assert_true(str_eq("", ""));
    assert_true(str_eq("task", "task"));
}

static void eq_sees_a_different_byte(void **state)
{
    (void)state;
    assert_false(str_eq("task", "tusk"));
    assert_false(str_eq("\x7f", "\xff"));
}

static void eq_sees_a_prefix_on_either_side(void **state)
{
    (void)state;
    assert_false(str_eq("task", "tas"));
    assert_false(str_eq("tas", "task"));
    assert_false(str_eq("", "t"));
}

static void eq_n_compares_no_more_than_n(void **state)
{
    (void)state;
    assert_true(str_eq_n("taskA", "taskB", 4));
    assert_false(str_eq_n("taskA", "taskB", 5));
    assert_true(str_eq_n("x", "y", 0));
}

static void eq_n_ends_at_a_common_nul(void **state)
{
    (void)state;
    assert_true(str_eq_n("ab\0x", "ab\0y", 4));
}

static void eq_n_sees_a_shorter_string(void **state)
{
    (void)state;
    assert_false(str_eq_n("ab", "abc", 3));
    assert_false(str_eq_n("abc", "ab", 3));
}

static void starts_with_prefix(void **state)
{
    (void)state;
    assert_true(str_starts("console=ttyS0", "console="));
    assert_true(str_starts("same", "same"));
}

static void starts_with_the_empty_prefix(void **state)
{
    (void)state;
    assert_true(str_starts("anything", ""));
    assert_true(str_starts("", ""));
}

static void does_not_start_with_a_longer_prefix(void **state)
{
    (void)state;
    assert_false(str_starts("con", "console"));
    assert_false(str_starts("xconsole", "console"));
}

static void copy_that_fits(void **state)
{
    char dst[8] = "#######";

    (void)state;
    assert_int_equal(str_copy(dst, sizeof(dst), "abc"), 3);
    assert_string_equal(dst, "abc");
    assert_int_equal(dst[4], '#'); /* no byte behind the NUL is written */
}

static void copy_that_fits_exactly(void **state)
{
    char dst[4];

    (void)state;
    assert_int_equal(str_copy(dst, sizeof(dst), "abc"), 3);
    assert_string_equal(dst, "abc");
}

static void copy_is_cut_and_terminated(void **state)
{
    char dst[5] = "####";

    (void)state;
    assert_int_equal(str_copy(dst, 4, "abcdef"), 3);
    assert_memory_equal(dst, "abc", 4);
    assert_int_equal(dst[4], 0);
}

static void copy_into_one_byte_is_empty(void **state)
{
    char dst[1] = {'#'};

    (void)state;
    assert_int_equal(str_copy(dst, 1, "abc"), 0);
    assert_int_equal(dst[0], 0);
}

static void copy_into_nothing_writes_nothing(void **state)
{
    char dst[1] = {'#'};

    (void)state;
    assert_int_equal(str_copy(dst, 0, "abc"), 0);
    assert_int_equal(dst[0], '#');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(len_of_empty_is_0),
        cmocka_unit_test(len_stops_at_the_nul),
        cmocka_unit_test(eq_of_equal_strings),
        cmocka_unit_test(eq_sees_a_different_byte),
        cmocka_unit_test(eq_sees_a_prefix_on_either_side),
        cmocka_unit_test(eq_n_compares_no_more_than_n),
        cmocka_unit_test(eq_n_ends_at_a_common_nul),
        cmocka_unit_test(eq_n_sees_a_shorter_string),
        cmocka_unit_test(starts_with_prefix),
        cmocka_unit_test(starts_with_the_empty_prefix),
        cmocka_unit_test(does_not_start_with_a_longer_prefix),
        cmocka_unit_test(copy_that_fits),
        cmocka_unit_test(copy_that_fits_exactly),
        cmocka_unit_test(copy_is_cut_and_terminated),
        cmocka_unit_test(copy_into_one_byte_is_empty),
        cmocka_unit_test(copy_into_nothing_writes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
