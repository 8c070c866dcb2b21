/* SPDX-License-Identifier: MIT */
/*
 * Small scope, but all of it: every pair of nibbles of a task's mask and a call's need, at every place of the word and with
 * the rest of the word empty or full; every call and endpoint around the table's edges, against the table as the ABI's
 * documents state it.
 */
#include <support/unit.h>

#include <abi/caps.h>
#include <cap/cap.h>

static uint64_t states;

/* Bit by bit. */
static bool has_all(uint32_t held, uint32_t need)
{
    for (uint32_t bit = 0; bit < 32; bit++)
        if ((need >> bit & 1u) > (held >> bit & 1u))
            return false;
    return true;
}

TEST(every_nibble_of_every_mask)
{
    states = 0;
    for (uint32_t place = 0; place < 32; place += 4)
        for (uint32_t nibbles = 0; nibbles < 256; nibbles++)
            for (uint32_t rest = 0; rest < 4; rest++, states++) {
                uint32_t others = ~(0xFu << place);
                uint32_t held = (nibbles & 0xFu) << place | (rest & 1u ? others : 0);
                uint32_t need = (nibbles >> 4) << place | (rest & 2u ? others : 0);

                assert_int_equal(cap_check(held, need), has_all(held, need));
            }
    print_message("small_cap: masks: %llu states\n", (unsigned long long)states);
    assert_int_equal(states, 8 * 256 * 4);
}

#define SEND(ep) ((uint32_t[]){0x1, 0x4, 0x100, 0x400}[ep])
#define RECV(ep) (SEND(ep) * 2)

/* What a call needs, by number; 0: no such call or endpoint. */
static uint32_t needs(uint64_t nr, uint64_t ep)
{
    static const uint32_t plain[] = {0x20, 0, 0, 0, 0x10, 0x40, 0x80, 0x1000, 0x2000, 0x4000, 0x8000, 0x10000, 0x20000, 0x40000};

    if (nr >= sizeof(plain) / sizeof(plain[0]))
        return 0;
    if (nr < 1 || nr > 3)
        return plain[nr];
    if (ep > 3)
        return 0;
    return nr == 1 ? SEND(ep) : nr == 2 ? RECV(ep) : SEND(ep) + RECV(ep);
}

static void check_call(uint64_t nr, uint64_t ep)
{
    uint32_t expected = needs(nr, ep), need = 0;

    assert_int_equal(cap_for_syscall(nr, ep, &need), expected != 0);
    states++;
    if (expected != 0) {
        assert_int_equal(need, expected);
        return;
    }
    /* Denied even to a task that has everything there is. */
    assert_false(cap_check(CAP_ALL, need));
}

TEST(every_call_and_endpoint_and_what_lies_beyond)
{
    states = 0;
    for (uint32_t shift = 0; shift < 64; shift += 8) /* small numbers, and the same in the higher bytes */
        for (uint64_t nr = 0; nr < 256; nr++)
            for (uint64_t ep = 0; ep < 32; ep++) {
                check_call(nr << shift, ep);
                check_call(nr, ep << shift);
                check_call(UINT64_MAX - nr, ep);
                check_call(nr, UINT64_MAX - ep);
            }
    print_message("small_cap: calls: %llu states\n", (unsigned long long)states);
    assert_int_equal(states, 8 * 256 * 32 * 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_nibble_of_every_mask),
        cmocka_unit_test(every_call_and_endpoint_and_what_lies_beyond),
    };

    return cmocka_run_group_tests_name("small_cap", tests, NULL, NULL);
}
