/* SPDX-License-Identifier: MIT */
#include <support/random.h>
#include <support/unit.h>

#include <base/bits.h>

/* Written as the definition says. */
static uint32_t naive_lowest(uint32_t x)
{
    uint32_t n = 0;

    while ((x >> n & 1u) == 0)
        n++;
    return n;
}

static uint32_t naive_highest(uint32_t x)
{
    uint32_t n = 31;

    while ((x >> n & 1u) == 0)
        n--;
    return n;
}

static uint32_t naive_count(uint32_t x)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < 32; i++)
        n += x >> i & 1u;
    return n;
}

static void lowest_of_each_single_bit(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 32; i++)
        assert_int_equal(bits_lowest(1u << i), i);
}

static void lowest_ignores_the_bits_above(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 32; i++)
        assert_int_equal(bits_lowest(UINT32_MAX << i), i);
}

static void highest_of_each_single_bit(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 32; i++)
        assert_int_equal(bits_highest(1u << i), i);
}

static void highest_ignores_the_bits_below(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 32; i++)
        assert_int_equal(bits_highest(UINT32_MAX >> (31 - i)), i);
}

static void count_of_runs(void **state)
{
    (void)state;
    assert_int_equal(bits_count(0), 0);
    for (uint32_t i = 0; i < 32; i++)
        assert_int_equal(bits_count(UINT32_MAX >> i), 32 - i);
}

static void all_agree_with_the_definition(void **state)
{
    struct test_random random = {1};

    (void)state;
    for (uint32_t i = 0; i < 100000; i++) {
        uint32_t x = (uint32_t)(test_random_next(&random) >> test_random_below(&random, 32)) | 1u << i % 32;

        assert_int_equal(bits_lowest(x), naive_lowest(x));
        assert_int_equal(bits_highest(x), naive_highest(x));
        assert_int_equal(bits_count(x), naive_count(x));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lowest_of_each_single_bit),
        cmocka_unit_test(lowest_ignores_the_bits_above),
        cmocka_unit_test(highest_of_each_single_bit),
        cmocka_unit_test(highest_ignores_the_bits_below),
        cmocka_unit_test(count_of_runs),
        cmocka_unit_test(all_agree_with_the_definition),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
