/* SPDX-License-Identifier: MIT */
/* The generated status codes against the numbers that static tasks and the object ABI have seen for ever. */
#include <support/unit.h>

#include <string.h>

#define LOWEST_STATUS (-200)

static void ok_is_zero(void **state)
{
    (void)state;
    assert_int_equal(STATUS_OK, 0);
    assert_string_equal(status_name(STATUS_OK), "OK");
    assert_int_equal(status_aegis_code(STATUS_OK), 0);
}

static void frozen_codes_keep_their_numbers(void **state)
{
    static const status_t frozen[] = {
        ERR_NOT_SUPPORTED, ERR_NO_MEMORY,    ERR_INVALID_ARGS,   ERR_BAD_HANDLE,  ERR_ACCESS_DENIED, ERR_IO,
        ERR_TIMED_OUT,     ERR_INTERRUPTED,  ERR_NOT_FOUND,      ERR_ALREADY_EXISTS, ERR_SHOULD_WAIT, ERR_OUT_OF_RANGE,
        ERR_BAD_STATE,     ERR_CANCELED,     ERR_PEER_CLOSED,    ERR_UNAVAILABLE,
    };
    (void)state;
    for (int32_t i = 0; i < 16; i++)
        assert_int_equal(frozen[i], -1 - i);
}

static void grant_codes(void **state)
{
    (void)state;
    assert_int_equal(status_aegis_code(ERR_GRANT_BAD_ID), 0xFFFF0001);
    assert_int_equal(status_aegis_code(ERR_GRANT_ACTIVE), 0xFFFF0002);
    assert_int_equal(status_aegis_code(ERR_GRANT_BAD_PEER), 0xFFFF0003);
    assert_int_equal(status_aegis_code(ERR_GRANT_SELF), 0xFFFF0004);
    assert_int_equal(status_aegis_code(ERR_GRANT_NOT_OWNER), 0xFFFF0005);
}

static void irq_codes(void **state)
{
    (void)state;
    assert_int_equal(status_aegis_code(ERR_IRQ_INVALID), 0xFFFF1001);
    assert_int_equal(status_aegis_code(ERR_IRQ_BOUND), 0xFFFF1002);
    assert_int_equal(status_aegis_code(ERR_IRQ_FULL), 0xFFFF1003);
    assert_int_equal(status_aegis_code(ERR_IRQ_NOT_BOUND), 0xFFFF1004);
    assert_int_equal(status_aegis_code(ERR_IRQ_NOT_OWNER), 0xFFFF1005);
}

static void device_codes(void **state)
{
    (void)state;
    assert_int_equal(status_aegis_code(ERR_DEVICE_INVALID), 0xFFFF2001);
    assert_int_equal(status_aegis_code(ERR_DEVICE_IN_USE), 0xFFFF2002);
}

static void bad_target_is_dead(void **state)
{
    (void)state;
    assert_int_equal(status_aegis_code(ERR_BAD_TARGET), 0xFFFFDEAD);
}

static void a_status_without_a_code_still_shows_a_failure(void **state)
{
    (void)state;
    assert_int_equal(status_aegis_code(ERR_ELF_WX), 0xFFFFFFFF);
    assert_int_equal(status_aegis_code(-12345), 0xFFFFFFFF);
}

static void no_failure_has_code_zero(void **state)
{
    (void)state;
    for (status_t s = -1; s >= LOWEST_STATUS; s--)
        assert_int_not_equal(status_aegis_code(s), 0);
}

static void unknown_numbers_are_named_so(void **state)
{
    (void)state;
    assert_string_equal(status_name(1), "UNKNOWN");
    assert_string_equal(status_name(INT32_MIN), "UNKNOWN");
    assert_string_equal(status_sentence(1), "unknown status");
}

static void names_are_without_prefix(void **state)
{
    (void)state;
    assert_string_equal(status_name(ERR_NO_MEMORY), "NO_MEMORY");
    assert_string_equal(status_name(ERR_MANIFEST_DUP), "MANIFEST_DUP");
}

static void sentences_are_those_of_the_table(void **state)
{
    (void)state;
    assert_string_equal(status_sentence(STATUS_OK), "no error");
    assert_string_equal(status_sentence(ERR_QUEUE_FULL), "the endpoint's sender queue is full");
}

static void every_name_has_a_sentence(void **state)
{
    uint32_t names = 0;
    (void)state;
    for (status_t s = 0; s >= LOWEST_STATUS; s--) {
        bool named = strcmp(status_name(s), "UNKNOWN") != 0;
        assert_int_equal(named, strcmp(status_sentence(s), "unknown status") != 0);
        names += named;
    }
    assert_in_range(names, 60, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ok_is_zero),
        cmocka_unit_test(frozen_codes_keep_their_numbers),
        cmocka_unit_test(grant_codes),
        cmocka_unit_test(irq_codes),
        cmocka_unit_test(device_codes),
        cmocka_unit_test(bad_target_is_dead),
        cmocka_unit_test(a_status_without_a_code_still_shows_a_failure),
        cmocka_unit_test(no_failure_has_code_zero),
        cmocka_unit_test(unknown_numbers_are_named_so),
        cmocka_unit_test(names_are_without_prefix),
        cmocka_unit_test(sentences_are_those_of_the_table),
        cmocka_unit_test(every_name_has_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
