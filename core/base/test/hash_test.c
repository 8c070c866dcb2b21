/* SPDX-License-Identifier: MIT */
#include <support/random.h>
#include <support/unit.h>

#include <string.h>

#include <base/hash.h>

static uint64_t of_bytes(uint64_t seed, const void *p, size_t n)
{
    struct hash hash;

    hash_init(&hash, seed);
    hash_bytes(&hash, p, n);
    return hash_final(&hash);
}

static uint64_t of_u64(uint64_t seed, uint64_t v)
{
    struct hash hash;

    hash_init(&hash, seed);
    hash_u64(&hash, v);
    return hash_final(&hash);
}

static void fill(uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)(i * 7 + 3);
}

/* Recordings and replays compare these values across builds, compilers and hosts, so they are frozen. */
static void values_are_frozen(void **state)
{
    uint8_t data[100];

    (void)state;
    fill(data, sizeof(data));
    assert_true(of_bytes(0, "", 0) == 0xB7ACF7783E751789);
    assert_true(of_u64(1, 0x0123456789ABCDEF) == 0xE9AFF6AED0CAC19E);
    assert_true(of_bytes(1, data, 13) == 0xB1C6DDB774BA1CBB);
    assert_true(of_bytes(1, data, 100) == 0x507CB246433A8055);
}

static void same_input_same_value(void **state)
{
    (void)state;
    assert_true(of_bytes(7, "kernel", 6) == of_bytes(7, "kernel", 6));
}

static void seed_matters(void **state)
{
    (void)state;
    assert_true(of_bytes(1, "kernel", 6) != of_bytes(2, "kernel", 6));
    assert_true(of_u64(0, 5) != of_u64(1, 5));
}

static void order_of_numbers_matters(void **state)
{
    struct hash a, b;

    (void)state;
    hash_init(&a, 0);
    hash_u64(&a, 1);
    hash_u64(&a, 2);
    hash_init(&b, 0);
    hash_u64(&b, 2);
    hash_u64(&b, 1);
    assert_true(hash_final(&a) != hash_final(&b));
}

static void final_does_not_change_the_state(void **state)
{
    struct hash a, b;

    (void)state;
    hash_init(&a, 0);
    hash_init(&b, 0);
    (void)hash_final(&a);
    hash_u64(&a, 9);
    hash_u64(&b, 9);
    assert_true(hash_final(&a) == hash_final(&b));
}

static void adding_nothing_is_an_item_too(void **state)
{
    struct hash hash;
    uint64_t before;

    (void)state;
    hash_init(&hash, 0);
    before = hash_final(&hash);
    hash_bytes(&hash, "", 0);
    assert_true(hash_final(&hash) != before);
}

static void trailing_zeros_matter(void **state)
{
    static const uint8_t zeros[40];

    (void)state;
    for (size_t n = 1; n < sizeof(zeros); n++)
        assert_true(of_bytes(0, zeros, n) != of_bytes(0, zeros, n - 1));
}

static void joined_strings_differ_from_two(void **state)
{
    struct hash hash;

    (void)state;
    hash_init(&hash, 0);
    hash_bytes(&hash, "ab", 2);
    hash_bytes(&hash, "cd", 2);
    assert_true(hash_final(&hash) != of_bytes(0, "abcd", 4));
}

static void every_bit_of_a_string_matters(void **state)
{
    uint8_t data[77];
    uint64_t value;

    (void)state;
    fill(data, sizeof(data));
    value = of_bytes(3, data, sizeof(data));
    for (size_t i = 0; i < sizeof(data) * 8; i++) {
        data[i / 8] ^= (uint8_t)(1u << i % 8);
        assert_true(of_bytes(3, data, sizeof(data)) != value);
        data[i / 8] ^= (uint8_t)(1u << i % 8);
    }
}

static void alignment_does_not_matter(void **state)
{
    uint8_t data[64], moved[72];

    (void)state;
    fill(data, sizeof(data));
    for (size_t shift = 0; shift < 8; shift++) {
        memcpy(moved + shift, data, sizeof(data));
        assert_true(of_bytes(3, moved + shift, sizeof(data)) == of_bytes(3, data, sizeof(data)));
    }
}

/* One input bit changes about half of the output bits. */
static void numbers_avalanche(void **state)
{
    struct test_random random = {4};
    uint64_t changed = 0;
    const uint32_t rounds = 200;

    (void)state;
    for (uint32_t i = 0; i < rounds * 64; i++) {
        uint64_t v = test_random_next(&random);
        uint64_t difference = of_u64(0, v) ^ of_u64(0, v ^ UINT64_C(1) << i % 64);

        while (difference != 0) {
            changed += difference & 1;
            difference >>= 1;
        }
    }
    assert_in_range(changed, rounds * 64 * 31, rounds * 64 * 33);
}

static void no_collision_of_counters(void **state)
{
    enum { N = 4096 };
    static uint64_t values[N];

    (void)state;
    for (uint32_t i = 0; i < N; i++)
        values[i] = of_u64(0, i);
    for (uint32_t i = 0; i < N; i++) {
        for (uint32_t k = 0; k < i; k++)
            assert_true(values[i] != values[k]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_frozen),
        cmocka_unit_test(same_input_same_value),
        cmocka_unit_test(seed_matters),
        cmocka_unit_test(order_of_numbers_matters),
        cmocka_unit_test(final_does_not_change_the_state),
        cmocka_unit_test(adding_nothing_is_an_item_too),
        cmocka_unit_test(trailing_zeros_matter),
        cmocka_unit_test(joined_strings_differ_from_two),
        cmocka_unit_test(every_bit_of_a_string_matters),
        cmocka_unit_test(alignment_does_not_matter),
        cmocka_unit_test(numbers_avalanche),
        cmocka_unit_test(no_collision_of_counters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
