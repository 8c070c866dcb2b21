/* SPDX-License-Identifier: MIT */
#include <support/random.h>
#include <support/unit.h>

#include <base/bitmap.h>

#define BITS 200u

static void words_for_bits(void **state)
{
    (void)state;
    assert_int_equal(BITMAP_WORDS(1), 1);
    assert_int_equal(BITMAP_WORDS(64), 1);
    assert_int_equal(BITMAP_WORDS(65), 2);
}

static void set_changes_one_bit(void **state)
{
    uint64_t map[2] = {0};

    (void)state;
    bitmap_set(map, 0);
    bitmap_set(map, 63);
    bitmap_set(map, 64);
    assert_true(map[0] == 0x8000000000000001u && map[1] == 1);
}

static void set_twice_stays_set(void **state)
{
    uint64_t map[1] = {0};

    (void)state;
    bitmap_set(map, 5);
    bitmap_set(map, 5);
    assert_true(map[0] == 32);
}

static void clear_changes_one_bit(void **state)
{
    uint64_t map[2] = {UINT64_MAX, UINT64_MAX};

    (void)state;
    bitmap_clear(map, 63);
    bitmap_clear(map, 65);
    assert_true(map[0] == UINT64_MAX >> 1 && map[1] == (UINT64_MAX ^ 2));
}

static void test_reads_one_bit(void **state)
{
    uint64_t map[2] = {0, UINT64_C(1) << 36};

    (void)state;
    assert_true(bitmap_test(map, 100));
    assert_false(bitmap_test(map, 99));
    assert_false(bitmap_test(map, 36));
}

static void find_clear_in_an_empty_map(void **state)
{
    uint64_t map[2] = {0};
    uint32_t at = 99;

    (void)state;
    assert_true(bitmap_find_clear(map, 128, 0, &at));
    assert_int_equal(at, 0);
    assert_true(bitmap_find_clear(map, 128, 77, &at));
    assert_int_equal(at, 77);
}

static void find_clear_skips_set_bits_and_words(void **state)
{
    uint64_t map[3] = {UINT64_MAX, UINT64_MAX, 7};
    uint32_t at;

    (void)state;
    assert_true(bitmap_find_clear(map, 192, 0, &at));
    assert_int_equal(at, 131);
}

static void find_clear_does_not_go_back(void **state)
{
    uint64_t map[2] = {1, UINT64_MAX};
    uint32_t at;

    (void)state;
    assert_false(bitmap_find_clear(map, 128, 64, &at)); /* bit 1 is clear, but before */
    assert_true(bitmap_find_clear(map, 128, 2, &at));
    assert_int_equal(at, 2);
}

static void find_clear_forgets_the_start_in_later_words(void **state)
{
    uint64_t map[2] = {UINT64_MAX << 10, 0};
    uint32_t at;

    (void)state;
    assert_true(bitmap_find_clear(map, 128, 10, &at));
    assert_int_equal(at, 64);
}

static void find_clear_ends_inside_a_word(void **state)
{
    uint64_t map[1] = {(UINT64_C(1) << 40) - 1};
    uint32_t at;

    (void)state;
    assert_false(bitmap_find_clear(map, 40, 0, &at));
    assert_true(bitmap_find_clear(map, 41, 0, &at));
    assert_int_equal(at, 40);
}

static void find_clear_from_behind_the_end(void **state)
{
    uint64_t map[1] = {0};
    uint32_t at;

    (void)state;
    assert_false(bitmap_find_clear(map, 10, 10, &at));
    assert_false(bitmap_find_clear(map, 0, 0, &at));
    assert_false(bitmap_find_clear(map, 10, UINT32_MAX, &at));
}

static void count_whole_words(void **state)
{
    uint64_t map[2] = {UINT64_MAX, 0xF0F0000000000001u};

    (void)state;
    assert_int_equal(bitmap_count(map, 128), 73);
}

static void count_ignores_bits_behind_the_end(void **state)
{
    uint64_t map[2] = {UINT64_MAX, UINT64_MAX};

    (void)state;
    assert_int_equal(bitmap_count(map, 65), 65);
    assert_int_equal(bitmap_count(map, 64), 64);
    assert_int_equal(bitmap_count(map, 1), 1);
    assert_int_equal(bitmap_count(map, 0), 0);
}

/* Random operations against an array of bools. */
static void agrees_with_an_array(void **state)
{
    struct test_random random = {2};
    uint64_t map[BITMAP_WORDS(BITS)] = {0};
    bool model[BITS] = {false};

    (void)state;
    for (uint32_t i = 0; i < 20000; i++) {
        uint32_t bit = test_random_below(&random, BITS);
        uint32_t from = test_random_below(&random, BITS);
        uint32_t expected = from, found, count = 0;

        model[bit] = test_random_below(&random, 8) != 0;
        (model[bit] ? bitmap_set : bitmap_clear)(map, bit);
        assert_int_equal(bitmap_test(map, bit), model[bit]);
        while (expected < BITS && model[expected])
            expected++;
        assert_int_equal(bitmap_find_clear(map, BITS, from, &found), expected < BITS);
        if (expected < BITS)
            assert_int_equal(found, expected);
        for (uint32_t b = 0; b < BITS; b++)
            count += model[b];
        assert_int_equal(bitmap_count(map, BITS), count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_for_bits),
        cmocka_unit_test(set_changes_one_bit),
        cmocka_unit_test(set_twice_stays_set),
        cmocka_unit_test(clear_changes_one_bit),
        cmocka_unit_test(test_reads_one_bit),
        cmocka_unit_test(find_clear_in_an_empty_map),
        cmocka_unit_test(find_clear_skips_set_bits_and_words),
        cmocka_unit_test(find_clear_does_not_go_back),
        cmocka_unit_test(find_clear_forgets_the_start_in_later_words),
        cmocka_unit_test(find_clear_ends_inside_a_word),
        cmocka_unit_test(find_clear_from_behind_the_end),
        cmocka_unit_test(count_whole_words),
        cmocka_unit_test(count_ignores_bits_behind_the_end),
        cmocka_unit_test(agrees_with_an_array),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
