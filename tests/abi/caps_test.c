/* SPDX-License-Identifier: MIT */
/* The mask bits and the gate's question: which of them does a call need? */
#include <support/unit.h>

#include <abi/aegis_caps.h>

static void bits_keep_their_numbers(void **state)
{
    static const uint32_t masks[CAP_COUNT] = {
        CAP_SEND_EP0, CAP_RECV_EP0, CAP_SEND_EP1, CAP_RECV_EP1,    CAP_WRITE,        CAP_YIELD,    CAP_NOTIFY,
        CAP_WAIT_NOTIFY, CAP_SEND_EP2, CAP_RECV_EP2, CAP_SEND_EP3, CAP_RECV_EP3,     CAP_GRANT_CREATE,
        CAP_GRANT_REVOKE, CAP_IRQ_BIND, CAP_IRQ_ACK, CAP_DEVICE_MAP, CAP_HEARTBEAT,  CAP_EXIT,
    };
    (void)state;
    for (uint32_t bit = 0; bit < CAP_COUNT; bit++)
        assert_int_equal(masks[bit], 1u << bit);
}

static void all_is_nineteen_bits(void **state)
{
    (void)state;
    assert_int_equal(CAP_COUNT, 19);
    assert_int_equal(CAP_ALL, 0x7FFFF);
}

static void every_bit_has_its_name(void **state)
{
    static const char *const names[CAP_COUNT] = {
        "SEND_EP0", "RECV_EP0", "SEND_EP1", "RECV_EP1", "WRITE",        "YIELD",        "NOTIFY",
        "WAIT_NOTIFY", "SEND_EP2", "RECV_EP2", "SEND_EP3", "RECV_EP3",  "GRANT_CREATE",
        "GRANT_REVOKE", "IRQ_BIND", "IRQ_ACK", "DEVICE_MAP", "HEARTBEAT", "EXIT",
    };
    (void)state;
    for (uint32_t bit = 0; bit < CAP_COUNT; bit++)
        assert_string_equal(cap_bit_name(bit), names[bit]);
}

static void a_bit_that_does_not_exist_is_unknown(void **state)
{
    (void)state;
    assert_string_equal(cap_bit_name(CAP_COUNT), "UNKNOWN");
    assert_string_equal(cap_bit_name(UINT32_MAX), "UNKNOWN");
}

static void assert_need(uint64_t nr, uint64_t target, uint32_t expected)
{
    uint32_t need = 0;
    assert_true(aegis_cap_need(nr, target, &need));
    assert_int_equal(need, expected);
}

static void assert_denied(uint64_t nr, uint64_t target)
{
    uint32_t need = 0;
    assert_false(aegis_cap_need(nr, target, &need));
    /* Whoever looks at the mask alone must deny as well. */
    assert_int_not_equal(need & ~CAP_ALL, 0);
}

static void calls_without_endpoint_need_their_bit(void **state)
{
    (void)state;
    assert_need(AEGIS_NR_YIELD, 0, CAP_YIELD);
    assert_need(AEGIS_NR_WRITE, 0, CAP_WRITE);
    assert_need(AEGIS_NR_NOTIFY, 0, CAP_NOTIFY);
    assert_need(AEGIS_NR_WAIT_NOTIFY, 0, CAP_WAIT_NOTIFY);
    assert_need(AEGIS_NR_GRANT_CREATE, 0, CAP_GRANT_CREATE);
    assert_need(AEGIS_NR_GRANT_REVOKE, 0, CAP_GRANT_REVOKE);
    assert_need(AEGIS_NR_IRQ_BIND, 0, CAP_IRQ_BIND);
    assert_need(AEGIS_NR_IRQ_ACK, 0, CAP_IRQ_ACK);
    assert_need(AEGIS_NR_DEVICE_MAP, 0, CAP_DEVICE_MAP);
    assert_need(AEGIS_NR_HEARTBEAT, 0, CAP_HEARTBEAT);
    assert_need(AEGIS_NR_EXIT, 0, CAP_EXIT);
}

static void their_target_does_not_matter(void **state)
{
    (void)state;
    assert_need(AEGIS_NR_NOTIFY, 7, CAP_NOTIFY);
    assert_need(AEGIS_NR_YIELD, UINT64_MAX, CAP_YIELD);
}

static void send_needs_the_send_bit_of_its_endpoint(void **state)
{
    (void)state;
    assert_need(AEGIS_NR_SEND, 0, CAP_SEND_EP0);
    assert_need(AEGIS_NR_SEND, 1, CAP_SEND_EP1);
    assert_need(AEGIS_NR_SEND, 2, CAP_SEND_EP2);
    assert_need(AEGIS_NR_SEND, 3, CAP_SEND_EP3);
}

static void recv_needs_the_recv_bit_of_its_endpoint(void **state)
{
    (void)state;
    assert_need(AEGIS_NR_RECV, 0, CAP_RECV_EP0);
    assert_need(AEGIS_NR_RECV, 1, CAP_RECV_EP1);
    assert_need(AEGIS_NR_RECV, 2, CAP_RECV_EP2);
    assert_need(AEGIS_NR_RECV, 3, CAP_RECV_EP3);
}

static void call_needs_both_bits_of_its_endpoint(void **state)
{
    (void)state;
    assert_need(AEGIS_NR_CALL, 0, CAP_SEND_EP0 | CAP_RECV_EP0);
    assert_need(AEGIS_NR_CALL, 1, CAP_SEND_EP1 | CAP_RECV_EP1);
    assert_need(AEGIS_NR_CALL, 2, CAP_SEND_EP2 | CAP_RECV_EP2);
    assert_need(AEGIS_NR_CALL, 3, CAP_SEND_EP3 | CAP_RECV_EP3);
}

/* X01: an endpoint that does not exist must not pass as "needs nothing". */
static void an_unknown_endpoint_is_denied(void **state)
{
    (void)state;
    assert_denied(AEGIS_NR_SEND, 4);
    assert_denied(AEGIS_NR_RECV, 4);
    assert_denied(AEGIS_NR_CALL, 4);
    assert_denied(AEGIS_NR_SEND, UINT64_MAX);
}

static void an_endpoint_is_not_cut_to_32_bits(void **state)
{
    (void)state;
    assert_denied(AEGIS_NR_SEND, UINT64_C(1) << 32);
}

static void an_unknown_number_is_denied(void **state)
{
    (void)state;
    assert_denied(AEGIS_NR_COUNT, 0);
    assert_denied(UINT64_MAX, 0);
}

static void a_number_is_not_cut_to_32_bits(void **state)
{
    (void)state;
    assert_denied(UINT64_C(1) << 32, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bits_keep_their_numbers),
        cmocka_unit_test(all_is_nineteen_bits),
        cmocka_unit_test(every_bit_has_its_name),
        cmocka_unit_test(a_bit_that_does_not_exist_is_unknown),
        cmocka_unit_test(calls_without_endpoint_need_their_bit),
        cmocka_unit_test(their_target_does_not_matter),
        cmocka_unit_test(send_needs_the_send_bit_of_its_endpoint),
        cmocka_unit_test(recv_needs_the_recv_bit_of_its_endpoint),
        cmocka_unit_test(call_needs_both_bits_of_its_endpoint),
        cmocka_unit_test(an_unknown_endpoint_is_denied),
        cmocka_unit_test(an_endpoint_is_not_cut_to_32_bits),
        cmocka_unit_test(an_unknown_number_is_denied),
        cmocka_unit_test(a_number_is_not_cut_to_32_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
