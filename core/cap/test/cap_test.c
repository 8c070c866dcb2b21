/* SPDX-License-Identifier: MIT */
/* The system-call mask: which call needs what, that the unknown is denied, and that every mask has a name. */
#include <support/unit.h>

#include <string.h>

#include <abi/aegis_nr.h>
#include <cap/cap.h>

#define UNKNOWN_TARGETS {4, 5, 255, 256, 0xFFFFFFFFull, 0x100000000ull, ~0ull}

static const uint64_t unknown_target[] = UNKNOWN_TARGETS;
#define UNKNOWN (sizeof(unknown_target) / sizeof(unknown_target[0]))

/* Written down here a second time, from the table in words: endpoint calls by endpoint, the others by number. */
static const uint32_t send_bit[4] = {1u << 0, 1u << 2, 1u << 8, 1u << 10};
static const uint32_t recv_bit[4] = {1u << 1, 1u << 3, 1u << 9, 1u << 11};

static uint32_t need_of(uint64_t nr, uint64_t target)
{
    uint32_t need = 0;

    assert_true(cap_for_syscall(nr, target, &need));
    return need;
}

static void assert_denied(uint64_t nr, uint64_t target)
{
    uint32_t need = 0;

    assert_false(cap_for_syscall(nr, target, &need));
    assert_false(cap_check(CAP_ALL, need)); /* even for those who look at the mask alone */
}

static void assert_fixed(uint64_t nr, uint32_t bit)
{
    assert_int_equal(need_of(nr, 0), 1u << bit);
    for (uint32_t i = 0; i < UNKNOWN; i++)
        assert_int_equal(need_of(nr, unknown_target[i]), 1u << bit); /* the target is no endpoint here */
}

TEST(all_is_the_19_bits)
{
    assert_int_equal(CAP_COUNT, 19);
    assert_int_equal(CAP_ALL, 0x7FFFF);
}

TEST(check_is_true_exactly_for_subsets)
{
    for (uint32_t held = 0; held < 256; held++)
        for (uint32_t need = 0; need < 256; need++)
            assert_int_equal(cap_check(held << 5, need << 5), (need & ~held) == 0);
}

TEST(check_looks_at_the_bits_beyond_the_known_ones_too)
{
    assert_false(cap_check(CAP_ALL, 1u << 31));
    assert_true(cap_check(1u << 31, 1u << 31));
}

TEST(send_needs_the_send_bit_of_its_endpoint)
{
    for (uint64_t ep = 0; ep < 4; ep++)
        assert_int_equal(need_of(AEGIS_NR_SEND, ep), send_bit[ep]);
}

TEST(recv_needs_the_recv_bit_of_its_endpoint)
{
    for (uint64_t ep = 0; ep < 4; ep++)
        assert_int_equal(need_of(AEGIS_NR_RECV, ep), recv_bit[ep]);
}

TEST(call_needs_both_bits_of_its_endpoint)
{
    for (uint64_t ep = 0; ep < 4; ep++)
        assert_int_equal(need_of(AEGIS_NR_CALL, ep), send_bit[ep] | recv_bit[ep]);
}

TEST(yield_needs_yield)
{
    assert_fixed(AEGIS_NR_YIELD, 5);
}

TEST(write_needs_write)
{
    assert_fixed(AEGIS_NR_WRITE, 4);
}

TEST(notify_needs_notify)
{
    assert_fixed(AEGIS_NR_NOTIFY, 6);
}

TEST(wait_notify_needs_wait_notify)
{
    assert_fixed(AEGIS_NR_WAIT_NOTIFY, 7);
}

TEST(grant_create_needs_grant_create)
{
    assert_fixed(AEGIS_NR_GRANT_CREATE, 12);
}

TEST(grant_revoke_needs_grant_revoke)
{
    assert_fixed(AEGIS_NR_GRANT_REVOKE, 13);
}

TEST(irq_bind_needs_irq_bind)
{
    assert_fixed(AEGIS_NR_IRQ_BIND, 14);
}

TEST(irq_ack_needs_irq_ack)
{
    assert_fixed(AEGIS_NR_IRQ_ACK, 15);
}

TEST(device_map_needs_device_map)
{
    assert_fixed(AEGIS_NR_DEVICE_MAP, 16);
}

TEST(heartbeat_needs_heartbeat)
{
    assert_fixed(AEGIS_NR_HEARTBEAT, 17);
}

TEST(exit_needs_exit)
{
    assert_fixed(AEGIS_NR_EXIT, 18);
}

TEST(unknown_endpoints_are_denied_for_every_call_that_has_one)
{
    for (uint32_t i = 0; i < UNKNOWN; i++) {
        assert_denied(AEGIS_NR_SEND, unknown_target[i]);
        assert_denied(AEGIS_NR_RECV, unknown_target[i]);
        assert_denied(AEGIS_NR_CALL, unknown_target[i]);
    }
}

TEST(unknown_calls_are_denied_on_every_endpoint)
{
    static const uint64_t numbers[] = {14, 15, 255, 256, 0x100000000ull, 0x8000000000000000ull, ~0ull};

    for (uint32_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        for (uint64_t ep = 0; ep < 6; ep++)
            assert_denied(numbers[i], ep);
}

TEST(every_known_need_is_a_part_of_all)
{
    for (uint64_t nr = 0; nr < AEGIS_NR_COUNT; nr++)
        for (uint64_t ep = 0; ep < 4; ep++) {
            uint32_t need = need_of(nr, ep);
            assert_true(need != 0 && cap_check(CAP_ALL, need));
        }
}

TEST(taking_away_any_needed_bit_denies_the_call)
{
    for (uint64_t nr = 0; nr < AEGIS_NR_COUNT; nr++)
        for (uint64_t ep = 0; ep < 4; ep++)
            for (uint32_t bit = 0; bit < CAP_COUNT; bit++) {
                uint32_t need = need_of(nr, ep);
                assert_int_equal(cap_check(CAP_ALL & ~(1u << bit), need), (need >> bit & 1u) == 0);
            }
}

static void assert_named(uint32_t mask, const char *name)
{
    char out[CAP_NAMES_MAX];

    cap_names(mask, out, sizeof(out));
    assert_string_equal(out, name);
}

TEST(every_bit_has_its_name)
{
    static const char *const names[CAP_COUNT] = {
        "SEND_EP0", "RECV_EP0", "SEND_EP1", "RECV_EP1", "WRITE", "YIELD", "NOTIFY", "WAIT_NOTIFY", "SEND_EP2", "RECV_EP2",
        "SEND_EP3", "RECV_EP3", "GRANT_CREATE", "GRANT_REVOKE", "IRQ_BIND", "IRQ_ACK", "DEVICE_MAP", "HEARTBEAT", "EXIT"};

    for (uint32_t bit = 0; bit < CAP_COUNT; bit++) {
        assert_string_equal(cap_bit_name(bit), names[bit]);
        assert_named(1u << bit, names[bit]);
    }
}

TEST(a_bit_that_does_not_exist_is_unknown)
{
    assert_string_equal(cap_bit_name(CAP_COUNT), "UNKNOWN");
    assert_string_equal(cap_bit_name(~0u), "UNKNOWN");
}

TEST(composite_masks_name_each_bit)
{
    assert_named(need_of(AEGIS_NR_CALL, 0), "SEND_EP0+RECV_EP0");
    assert_named(need_of(AEGIS_NR_CALL, 3), "SEND_EP3+RECV_EP3");
    assert_named(CAP_WRITE | CAP_EXIT | CAP_YIELD, "WRITE+YIELD+EXIT");
}

TEST(the_empty_mask_is_none)
{
    assert_named(0, "none");
}

TEST(unknown_bits_are_named_as_such)
{
    assert_named(1u << 19, "UNKNOWN");
    assert_named(CAP_EXIT | 1u << 30 | 1u << 31, "EXIT+UNKNOWN");
}

TEST(the_names_of_all_bits_fit)
{
    char out[CAP_NAMES_MAX];

    cap_names(~0u, out, sizeof(out));
    assert_true(strlen(out) < sizeof(out) - 1);
    assert_string_equal(out + strlen(out) - strlen("+EXIT+UNKNOWN"), "+EXIT+UNKNOWN");
}

TEST(names_are_cut_to_the_room)
{
    char out[12] = "###########";

    cap_names(CAP_WRITE | CAP_YIELD, out, 8);
    assert_string_equal(out, "WRITE+Y");
    assert_int_equal(out[8], '#');
    cap_names(CAP_WRITE | 1u << 30, out, 8);
    assert_string_equal(out, "WRITE+U");
    assert_int_equal(out[8], '#');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_is_the_19_bits),
        cmocka_unit_test(check_is_true_exactly_for_subsets),
        cmocka_unit_test(check_looks_at_the_bits_beyond_the_known_ones_too),
        cmocka_unit_test(send_needs_the_send_bit_of_its_endpoint),
        cmocka_unit_test(recv_needs_the_recv_bit_of_its_endpoint),
        cmocka_unit_test(call_needs_both_bits_of_its_endpoint),
        cmocka_unit_test(yield_needs_yield),
        cmocka_unit_test(write_needs_write),
        cmocka_unit_test(notify_needs_notify),
        cmocka_unit_test(wait_notify_needs_wait_notify),
        cmocka_unit_test(grant_create_needs_grant_create),
        cmocka_unit_test(grant_revoke_needs_grant_revoke),
        cmocka_unit_test(irq_bind_needs_irq_bind),
        cmocka_unit_test(irq_ack_needs_irq_ack),
        cmocka_unit_test(device_map_needs_device_map),
        cmocka_unit_test(heartbeat_needs_heartbeat),
        cmocka_unit_test(exit_needs_exit),
        cmocka_unit_test(unknown_endpoints_are_denied_for_every_call_that_has_one),
        cmocka_unit_test(unknown_calls_are_denied_on_every_endpoint),
        cmocka_unit_test(every_known_need_is_a_part_of_all),
        cmocka_unit_test(taking_away_any_needed_bit_denies_the_call),
        cmocka_unit_test(every_bit_has_its_name),
        cmocka_unit_test(a_bit_that_does_not_exist_is_unknown),
        cmocka_unit_test(composite_masks_name_each_bit),
        cmocka_unit_test(the_empty_mask_is_none),
        cmocka_unit_test(unknown_bits_are_named_as_such),
        cmocka_unit_test(the_names_of_all_bits_fit),
        cmocka_unit_test(names_are_cut_to_the_room),
    };

    return cmocka_run_group_tests_name("cap", tests, NULL, NULL);
}
