/* SPDX-License-Identifier: MIT */
#include <support/unit.h>

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <base/format.h>

static char text[128];

/* The text and the returned length agree with `expected`. */
#define expect(expected, ...)                                                                                          \
    do {                                                                                                               \
        size_t n = format(text, sizeof(text), __VA_ARGS__);                                                            \
        assert_string_equal(text, expected);                                                                           \
        assert_int_equal(n, sizeof(expected) - 1);                                                                     \
    } while (0)

/* The same conversion by the host's printf gives the same text. */
#define expect_as_libc(...)                                                                                            \
    do {                                                                                                               \
        char libc[sizeof(text)];                                                                                       \
        snprintf(libc, sizeof(libc), __VA_ARGS__);                                                                     \
        format(text, sizeof(text), __VA_ARGS__);                                                                       \
        assert_string_equal(text, libc);                                                                               \
    } while (0)

/* For formats that the compiler would warn of. */
static void expect_unchecked(const char *expected, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    assert_int_equal(format_v(text, sizeof(text), fmt, args), strlen(expected));
    va_end(args);
    assert_string_equal(text, expected);
}

static void plain_text(void **state)
{
    (void)state;
    expect("boot: ok\n", "boot: ok\n");
    expect("", "%s", "");
}

static void percent_sign(void **state)
{
    (void)state;
    char two[2];

    expect("100% of %d", "100%% of %%d");
    assert_int_equal(format(two, sizeof(two), "%%%%"), 1); /* no room for the second */
    assert_string_equal(two, "%");
}

static void character(void **state)
{
    (void)state;
    expect("<A>", "<%c>", 'A');
}

static void character_in_a_field(void **state)
{
    (void)state;
    expect("[  A][A  ]", "[%3c][%-3c]", 'A', 'A');
}

static void string(void **state)
{
    (void)state;
    expect("task hello", "task %s", "hello");
}

static void string_null(void **state)
{
    const char *volatile none = NULL;

    (void)state;
    expect("(null)", "%s", none);
}

static void string_width_right_and_left(void **state)
{
    (void)state;
    expect("[   ab][ab   ][abcdef]", "[%5s][%-5s][%5s]", "ab", "ab", "abcdef");
}

static void string_precision_cuts(void **state)
{
    (void)state;
    expect("[abc][]", "[%.3s][%.0s]", "abcdef", "abc");
}

static void string_precision_needs_no_nul(void **state)
{
    static const char raw[3] = {'x', 'y', 'z'};

    (void)state;
    expect("xyz", "%.3s", raw);
}

static void string_width_and_precision_by_argument(void **state)
{
    (void)state;
    expect("[  ab]", "[%*.*s]", 4, 2, "abcdef");
}

static void negative_width_argument_means_left(void **state)
{
    (void)state;
    expect("[ab  ]", "[%*s]", -4, "ab");
}

static void negative_precision_argument_means_none(void **state)
{
    (void)state;
    expect("abc", "%.*s", -1, "abc");
}

static void decimal_signed(void **state)
{
    (void)state;
    expect("0 7 -7", "%d %i %d", 0, 7, -7);
}

static void decimal_extremes_of_int(void **state)
{
    (void)state;
    expect("2147483647 -2147483648", "%d %d", INT_MAX, INT_MIN);
}

static void decimal_extremes_of_long_long(void **state)
{
    (void)state;
    expect("9223372036854775807 -9223372036854775808", "%lld %lld", LLONG_MAX, LLONG_MIN);
}

static void long_and_size_lengths(void **state)
{
    (void)state;
    expect("-5000000000 5000000000 18446744073709551615", "%ld %lu %zu", -5000000000L, 5000000000UL, SIZE_MAX);
}

static void int_length_takes_only_an_int(void **state)
{
    (void)state;
    expect("4294967295 ffffffff", "%u %x", UINT_MAX, UINT_MAX);
}

static void unsigned_extremes(void **state)
{
    (void)state;
    expect("0 18446744073709551615", "%u %llu", 0u, ULLONG_MAX);
}

static void hexadecimal_cases(void **state)
{
    (void)state;
    expect("deadbeef DEADBEEF 0", "%x %X %x", 0xDEADBEEFu, 0xDEADBEEFu, 0u);
}

static void hexadecimal_64_bits(void **state)
{
    (void)state;
    expect("ffff00001234abcd", "%llx", 0xFFFF00001234ABCDull);
}

static void number_width_right_and_left(void **state)
{
    (void)state;
    expect("[   42][42   ][123456]", "[%5u][%-5u][%5u]", 42u, 42u, 123456u);
}

static void number_filled_with_zeros(void **state)
{
    (void)state;
    expect("0000002a 007", "%08x %03d", 42u, 7);
}

static void sign_stands_before_the_zeros(void **state)
{
    (void)state;
    expect("-0042", "%05d", -42);
}

static void left_wins_over_zeros(void **state)
{
    (void)state;
    expect_as_libc("[%-d]", 1);
    expect("[-42  ]", "[%-*d]", 5, -42);
    expect_unchecked("[42   ][42   ]", "[%-05d][%0-5d]", 42, 42);
}

static void number_width_by_argument(void **state)
{
    (void)state;
    expect("[  42][42  ]", "[%*u][%*u]", 4, 42u, -4, 42u);
}

static void pointer_has_16_digits(void **state)
{
    (void)state;
    expect("0x0000000000001234", "%p", (void *)0x1234);
}

static void pointer_null(void **state)
{
    (void)state;
    expect("0x0000000000000000", "%p", (void *)NULL);
}

static void pointer_in_a_field(void **state)
{
    (void)state;
    expect("[  0x00000000000000ab][0x00000000000000ab  ]", "[%20p][%-20p]", (void *)0xAB, (void *)0xAB);
}

static void unknown_conversion_is_copied(void **state)
{
    (void)state;
    expect_unchecked("%q %5k|9", "%q %5k|%u", 9u); /* and takes no argument */
}

static void lone_percent_at_the_end_is_copied(void **state)
{
    (void)state;
    expect_unchecked("50%", "50%");
    expect_unchecked("50%-08l", "50%-08l");
}

static void text_that_fits_exactly(void **state)
{
    char buf[6];

    (void)state;
    assert_int_equal(format(buf, sizeof(buf), "%s", "12345"), 5);
    assert_string_equal(buf, "12345");
}

static void text_is_cut_and_terminated(void **state)
{
    const char *volatile seven = "1234567";
    char buf[8] = "#######";

    (void)state;
    assert_int_equal(format(buf, 6, "%s", seven), 5);
    assert_memory_equal(buf, "12345\0#", 8);
}

static void returned_length_is_what_was_written(void **state)
{
    char buf[4];

    (void)state;
    assert_int_equal(format(buf, sizeof(buf), "%d-%d", 100000, 200000), 3);
    assert_string_equal(buf, "100");
}

static void no_room_writes_nothing(void **state)
{
    char buf[1] = {'#'};

    (void)state;
    assert_int_equal(format(buf, 0, "%d", 42), 0);
    assert_int_equal(buf[0], '#');
    assert_int_equal(format(buf, 1, "%d", 42), 0);
    assert_int_equal(buf[0], 0);
}

static void huge_width_ends_with_the_buffer(void **state)
{
    volatile int huge = INT_MAX; /* the compiler would warn of what is tested here */
    char buf[16];

    (void)state;
    assert_int_equal(format(buf, sizeof(buf), "%*d", huge, 1), 15);
    assert_string_equal(buf, "               ");
    assert_int_equal(format(buf, sizeof(buf), "%*d", -huge - 1, 1), 15);
    assert_string_equal(buf, "1              ");
}

static size_t through_v(char *buf, size_t size, const char *fmt, ...) PRINTF_LIKE(3, 4);

static size_t through_v(char *buf, size_t size, const char *fmt, ...)
{
    va_list args;
    size_t n;

    va_start(args, fmt);
    n = format_v(buf, size, fmt, args);
    va_end(args);
    return n;
}

static void arguments_as_a_list(void **state)
{
    (void)state;
    assert_int_equal(through_v(text, sizeof(text), "%s=%d", "x", 3), 3);
    assert_string_equal(text, "x=3");
}

static void agrees_with_libc_over_many_numbers(void **state)
{
    static const long long values[] = {0, 1, -1, 9, 10, -10, 255, 4096, INT_MAX, INT_MIN, LLONG_MAX, LLONG_MIN};

    (void)state;
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        expect_as_libc("%lld|%20lld|%-20lld|%020lld", values[i], values[i], values[i], values[i]);
        expect_as_libc("%llu|%llx|%llX|%4llx", (unsigned long long)values[i], (unsigned long long)values[i],
                       (unsigned long long)values[i], (unsigned long long)values[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text),
        cmocka_unit_test(percent_sign),
        cmocka_unit_test(character),
        cmocka_unit_test(character_in_a_field),
        cmocka_unit_test(string),
        cmocka_unit_test(string_null),
        cmocka_unit_test(string_width_right_and_left),
        cmocka_unit_test(string_precision_cuts),
        cmocka_unit_test(string_precision_needs_no_nul),
        cmocka_unit_test(string_width_and_precision_by_argument),
        cmocka_unit_test(negative_width_argument_means_left),
        cmocka_unit_test(negative_precision_argument_means_none),
        cmocka_unit_test(decimal_signed),
        cmocka_unit_test(decimal_extremes_of_int),
        cmocka_unit_test(decimal_extremes_of_long_long),
        cmocka_unit_test(long_and_size_lengths),
        cmocka_unit_test(int_length_takes_only_an_int),
        cmocka_unit_test(unsigned_extremes),
        cmocka_unit_test(hexadecimal_cases),
        cmocka_unit_test(hexadecimal_64_bits),
        cmocka_unit_test(number_width_right_and_left),
        cmocka_unit_test(number_filled_with_zeros),
        cmocka_unit_test(sign_stands_before_the_zeros),
        cmocka_unit_test(left_wins_over_zeros),
        cmocka_unit_test(number_width_by_argument),
        cmocka_unit_test(pointer_has_16_digits),
        cmocka_unit_test(pointer_null),
        cmocka_unit_test(pointer_in_a_field),
        cmocka_unit_test(unknown_conversion_is_copied),
        cmocka_unit_test(lone_percent_at_the_end_is_copied),
        cmocka_unit_test(text_that_fits_exactly),
        cmocka_unit_test(text_is_cut_and_terminated),
        cmocka_unit_test(returned_length_is_what_was_written),
        cmocka_unit_test(no_room_writes_nothing),
        cmocka_unit_test(huge_width_ends_with_the_buffer),
        cmocka_unit_test(arguments_as_a_list),
        cmocka_unit_test(agrees_with_libc_over_many_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
