/* SPDX-License-Identifier: MIT */
/*
 * The memory functions of the kernel, under other names than the host's: every alignment and length, with canaries around.
 */
#include "fake.h"

#include <base/mem.h>

#define SIZE 96u
#define MARGIN 16u
#define LENGTHS 40u

static uint8_t from[SIZE], to[SIZE], expected[SIZE];

static void fill(uint8_t *p, uint8_t seed)
{
    for (uint32_t i = 0; i < SIZE; i++)
        p[i] = (uint8_t)(i * 7 + seed);
}

static void expect(const uint8_t *p)
{
    for (uint32_t i = 0; i < SIZE; i++)
        assert_int_equal(p[i], expected[i]);
}

TEST(copies_exactly_what_it_should)
{
    for (uint32_t a = 0; a < 8; a++) {
        for (uint32_t b = 0; b < 8; b++) {
            for (uint32_t len = 0; len < LENGTHS; len++) {
                fill(from, 1);
                fill(to, 101);
                fill(expected, 101);
                for (uint32_t i = 0; i < len; i++)
                    expected[MARGIN + a + i] = from[MARGIN + b + i];
                assert_ptr_equal(memcpy(to + MARGIN + a, from + MARGIN + b, len), to + MARGIN + a);
                expect(to);
            }
        }
    }
}

TEST(moves_onto_itself)
{
    for (uint32_t a = 0; a < 24; a++) {
        for (uint32_t b = 0; b < 24; b++) {
            for (uint32_t len = 0; len < LENGTHS; len++) {
                fill(from, 1);
                fill(to, 1);
                fill(expected, 1);
                for (uint32_t i = 0; i < len; i++)
                    expected[MARGIN + a + i] = from[MARGIN + b + i];
                assert_ptr_equal(memmove(to + MARGIN + a, to + MARGIN + b, len), to + MARGIN + a);
                expect(to);
            }
        }
    }
}

TEST(sets_every_byte)
{
    for (uint32_t a = 0; a < 8; a++) {
        for (uint32_t len = 0; len < LENGTHS; len++) {
            fill(to, 1);
            fill(expected, 1);
            for (uint32_t i = 0; i < len; i++)
                expected[MARGIN + a + i] = 0xA5;
            assert_ptr_equal(memset(to + MARGIN + a, 0x7A5, len), to + MARGIN + a); /* only its low byte counts */
            expect(to);
        }
    }
}

TEST(compares_unsigned_bytes)
{
    fill(from, 1);
    for (uint32_t len = 0; len < LENGTHS; len++) {
        for (uint32_t at = 0; at < LENGTHS; at++) {
            fill(to, 1);
            to[at] ^= 0x80;
            int sign = at >= len ? 0 : from[at] < to[at] ? -1 : 1;
            int got = memcmp(from, to, len);
            assert_int_equal((got > 0) - (got < 0), sign);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_exactly_what_it_should),
        cmocka_unit_test(moves_onto_itself),
        cmocka_unit_test(sets_every_byte),
        cmocka_unit_test(compares_unsigned_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
