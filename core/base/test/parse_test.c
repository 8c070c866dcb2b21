/* SPDX-License-Identifier: MIT */
#include <support/unit.h>

#include <base/parse.h>

/* Parses `text` and checks value and how many characters were taken. */
static void expect(const char *text, uint64_t value, ptrdiff_t taken)
{
    const char *p = text;
    uint64_t got = ~value;

    assert_true(parse_u64(&p, &got));
    assert_true(got == value);
    assert_int_equal(p - text, taken);
}

/* Parsing fails and changes nothing. */
static void expect_refused(const char *text)
{
    const char *p = text;
    uint64_t got = 4711;

    assert_false(parse_u64(&p, &got));
    assert_ptr_equal(p, text);
    assert_int_equal(got, 4711);
}

static void decimal(void **state)
{
    (void)state;
    expect("0", 0, 1);
    expect("1234567890", 1234567890, 10);
    expect("007", 7, 3);
}

static void hexadecimal_in_both_cases(void **state)
{
    (void)state;
    expect("0x1f", 0x1F, 4);
    expect("0XABCDEF", 0xABCDEF, 8);
    expect("0xabcdef0123456789", 0xABCDEF0123456789, 18);
}

static void stops_behind_the_last_digit(void **state)
{
    (void)state;
    expect("42,rest", 42, 2);
    expect("0x10g", 16, 4);
    expect("1x5", 1, 1);
    expect("9a", 9, 1);
}

static void largest_decimal(void **state)
{
    (void)state;
    expect("18446744073709551615", UINT64_MAX, 20);
}

static void largest_hexadecimal(void **state)
{
    (void)state;
    expect("0xFFFFFFFFFFFFFFFF", UINT64_MAX, 18);
}

static void decimal_overflow_by_one_is_refused(void **state)
{
    (void)state;
    expect_refused("18446744073709551616");
}

static void decimal_overflow_by_a_digit_is_refused(void **state)
{
    (void)state;
    expect_refused("99999999999999999999999");
}

static void hexadecimal_overflow_is_refused(void **state)
{
    (void)state;
    expect_refused("0x10000000000000000");
}

static void no_digit_is_refused(void **state)
{
    (void)state;
    expect_refused("");
    expect_refused("abc");
    expect_refused(" 1");
    expect_refused("-1");
    expect_refused("+1");
}

static void hexadecimal_prefix_alone_is_refused(void **state)
{
    (void)state;
    expect_refused("0x");
    expect_refused("0xg");
}

static void characters_next_to_the_digits_are_none(void **state)
{
    (void)state;
    expect("1/", 1, 1);
    expect("1:", 1, 1);
    expect("0x1@", 1, 3);
    expect("0x1`", 1, 3);
    expect("0x1G", 1, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decimal),
        cmocka_unit_test(hexadecimal_in_both_cases),
        cmocka_unit_test(stops_behind_the_last_digit),
        cmocka_unit_test(largest_decimal),
        cmocka_unit_test(largest_hexadecimal),
        cmocka_unit_test(decimal_overflow_by_one_is_refused),
        cmocka_unit_test(decimal_overflow_by_a_digit_is_refused),
        cmocka_unit_test(hexadecimal_overflow_is_refused),
        cmocka_unit_test(no_digit_is_refused),
        cmocka_unit_test(hexadecimal_prefix_alone_is_refused),
        cmocka_unit_test(characters_next_to_the_digits_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
