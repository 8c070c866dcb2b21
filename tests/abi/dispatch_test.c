/* SPDX-License-Identifier: MIT */
/* The generated dispatcher with bodies that only say how they were called. */
#include <support/unit.h>

#include <abi/aegis_calls.h>
#include <abi/aegis_nr.h>
#include <sys/frame.h>

#include "gen/aegis_dispatch.inc"

#define NOT_CALLED 99u

/* What the body saw: its call number and its arguments in the order of the table. */
static struct {
    uint64_t nr;
    uint64_t arg[5];
    status_t answer;
} seen;

static status_t body(uint64_t nr, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e)
{
    seen.nr = nr;
    seen.arg[0] = a;
    seen.arg[1] = b;
    seen.arg[2] = c;
    seen.arg[3] = d;
    seen.arg[4] = e;
    return seen.answer;
}

status_t sys_aegis_yield(struct sys_frame *f)
{
    (void)f;
    return body(AEGIS_NR_YIELD, 0, 0, 0, 0, 0);
}

status_t sys_aegis_send(struct sys_frame *f, uint64_t ep, uint64_t w0, uint64_t w1, uint64_t w2, uint64_t w3)
{
    (void)f;
    return body(AEGIS_NR_SEND, ep, w0, w1, w2, w3);
}

status_t sys_aegis_recv(struct sys_frame *f, uint64_t ep)
{
    (void)f;
    return body(AEGIS_NR_RECV, ep, 0, 0, 0, 0);
}

status_t sys_aegis_call(struct sys_frame *f, uint64_t ep, uint64_t w0, uint64_t w1, uint64_t w2, uint64_t w3)
{
    (void)f;
    return body(AEGIS_NR_CALL, ep, w0, w1, w2, w3);
}

status_t sys_aegis_write(struct sys_frame *f, struct uaddr buf, uint64_t len)
{
    (void)f;
    return body(AEGIS_NR_WRITE, buf.va, len, 0, 0, 0);
}

status_t sys_aegis_notify(struct sys_frame *f, uint64_t task, uint64_t bits)
{
    (void)f;
    return body(AEGIS_NR_NOTIFY, task, bits, 0, 0, 0);
}

status_t sys_aegis_wait_notify(struct sys_frame *f)
{
    (void)f;
    return body(AEGIS_NR_WAIT_NOTIFY, 0, 0, 0, 0, 0);
}

status_t sys_aegis_grant_create(struct sys_frame *f, uint64_t id, uint64_t peer)
{
    (void)f;
    return body(AEGIS_NR_GRANT_CREATE, id, peer, 0, 0, 0);
}

status_t sys_aegis_grant_revoke(struct sys_frame *f, uint64_t id)
{
    (void)f;
    return body(AEGIS_NR_GRANT_REVOKE, id, 0, 0, 0, 0);
}

status_t sys_aegis_irq_bind(struct sys_frame *f, uint64_t irq, uint64_t bits)
{
    (void)f;
    return body(AEGIS_NR_IRQ_BIND, irq, bits, 0, 0, 0);
}

status_t sys_aegis_irq_ack(struct sys_frame *f, uint64_t irq)
{
    (void)f;
    return body(AEGIS_NR_IRQ_ACK, irq, 0, 0, 0, 0);
}

status_t sys_aegis_device_map(struct sys_frame *f, uint64_t dev)
{
    (void)f;
    return body(AEGIS_NR_DEVICE_MAP, dev, 0, 0, 0, 0);
}

status_t sys_aegis_heartbeat(struct sys_frame *f, uint64_t interval)
{
    (void)f;
    return body(AEGIS_NR_HEARTBEAT, interval, 0, 0, 0, 0);
}

status_t sys_aegis_exit(struct sys_frame *f, uint64_t code)
{
    (void)f;
    return body(AEGIS_NR_EXIT, code, 0, 0, 0, 0);
}

#define TARGET 100u
#define WORD(i) (10u + (i))

/* Dispatch call `nr` with recognisable registers; the result words that the dispatcher promises. */
static uint32_t dispatch(uint64_t nr)
{
    const struct arch_call call = {nr, TARGET, {WORD(0), WORD(1), WORD(2), WORD(3)}};
    struct sys_frame frame = {.words = 77};
    seen.nr = NOT_CALLED;
    seen.answer = STATUS_OK;
    assert_ok(aegis_dispatch(&call, &frame));
    assert_int_equal(seen.nr, nr);
    return frame.words;
}

static void assert_args(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e)
{
    const uint64_t expected[5] = {a, b, c, d, e};
    assert_memory_equal(seen.arg, expected, sizeof(expected));
}

static void yield_takes_and_returns_nothing(void **state)
{
    (void)state;
    assert_int_equal(dispatch(AEGIS_NR_YIELD), 0);
}

static void send_takes_target_and_four_words(void **state)
{
    (void)state;
    assert_int_equal(dispatch(AEGIS_NR_SEND), 0);
    assert_args(TARGET, WORD(0), WORD(1), WORD(2), WORD(3));
}

static void recv_returns_a_message(void **state)
{
    (void)state;
    assert_int_equal(dispatch(AEGIS_NR_RECV), 4);
    assert_args(TARGET, 0, 0, 0, 0);
}

static void call_takes_and_returns_a_message(void **state)
{
    (void)state;
    assert_int_equal(dispatch(AEGIS_NR_CALL), 4);
    assert_args(TARGET, WORD(0), WORD(1), WORD(2), WORD(3));
}

static void write_takes_buffer_and_length(void **state)
{
    (void)state;
    assert_int_equal(dispatch(AEGIS_NR_WRITE), 1);
    assert_args(WORD(0), WORD(1), 0, 0, 0);
}

static void notify_takes_its_task_from_the_target(void **state)
{
    (void)state;
    assert_int_equal(dispatch(AEGIS_NR_NOTIFY), 0);
    assert_args(TARGET, WORD(0), 0, 0, 0);
}

static void wait_notify_returns_one_word(void **state)
{
    (void)state;
    assert_int_equal(dispatch(AEGIS_NR_WAIT_NOTIFY), 1);
}

static void grant_create_takes_id_and_peer(void **state)
{
    (void)state;
    assert_int_equal(dispatch(AEGIS_NR_GRANT_CREATE), 0);
    assert_args(WORD(0), TARGET, 0, 0, 0);
}

static void grant_revoke_takes_its_id(void **state)
{
    (void)state;
    assert_int_equal(dispatch(AEGIS_NR_GRANT_REVOKE), 0);
    assert_args(WORD(0), 0, 0, 0, 0);
}

static void irq_bind_takes_irq_and_bits(void **state)
{
    (void)state;
    assert_int_equal(dispatch(AEGIS_NR_IRQ_BIND), 0);
    assert_args(WORD(0), WORD(1), 0, 0, 0);
}

static void irq_ack_takes_its_irq(void **state)
{
    (void)state;
    assert_int_equal(dispatch(AEGIS_NR_IRQ_ACK), 0);
    assert_args(WORD(0), 0, 0, 0, 0);
}

static void device_map_returns_the_device_words(void **state)
{
    (void)state;
    assert_int_equal(dispatch(AEGIS_NR_DEVICE_MAP), 4);
    assert_args(WORD(0), 0, 0, 0, 0);
}

static void heartbeat_takes_its_interval(void **state)
{
    (void)state;
    assert_int_equal(dispatch(AEGIS_NR_HEARTBEAT), 0);
    assert_args(WORD(0), 0, 0, 0, 0);
}

static void exit_takes_its_code(void **state)
{
    (void)state;
    assert_int_equal(dispatch(AEGIS_NR_EXIT), 0);
    assert_args(WORD(0), 0, 0, 0, 0);
}

static status_t write_of_length(uint64_t len)
{
    const struct arch_call call = {AEGIS_NR_WRITE, 0, {0x40000000, len, 0, 0}};
    struct sys_frame frame = {.words = 0};
    seen.nr = NOT_CALLED;
    seen.answer = STATUS_OK;
    return aegis_dispatch(&call, &frame);
}

static void the_longest_write_passes(void **state)
{
    (void)state;
    assert_ok(write_of_length(256));
    assert_ok(write_of_length(1));
    assert_int_equal(seen.nr, AEGIS_NR_WRITE);
}

static void a_write_of_nothing_never_reaches_its_body(void **state)
{
    (void)state;
    assert_status(write_of_length(0), ERR_BAD_LENGTH);
    assert_int_equal(seen.nr, NOT_CALLED);
}

static void a_longer_write_never_reaches_its_body(void **state)
{
    (void)state;
    assert_status(write_of_length(257), ERR_BAD_LENGTH);
    assert_status(write_of_length(UINT64_MAX), ERR_BAD_LENGTH);
    assert_status(write_of_length((UINT64_C(1) << 32) + 1), ERR_BAD_LENGTH);
    assert_int_equal(seen.nr, NOT_CALLED);
}

static void unknown_numbers_reach_no_body(void **state)
{
    static const uint64_t unknown[] = {AEGIS_NR_COUNT, UINT64_C(1) << 32, UINT64_MAX};
    (void)state;
    for (uint32_t i = 0; i < 3; i++) {
        const struct arch_call call = {unknown[i], 0, {0}};
        struct sys_frame frame = {.words = 77};
        seen.nr = NOT_CALLED;
        assert_status(aegis_dispatch(&call, &frame), ERR_NOT_SUPPORTED);
        assert_int_equal(seen.nr, NOT_CALLED);
        assert_int_equal(frame.words, 0);
    }
}

static void the_status_is_the_body_s(void **state)
{
    const struct arch_call call = {AEGIS_NR_RECV, 0, {0}};
    struct sys_frame frame = {.words = 0};
    (void)state;
    seen.answer = ERR_RECEIVER_BUSY;
    assert_status(aegis_dispatch(&call, &frame), ERR_RECEIVER_BUSY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(yield_takes_and_returns_nothing),
        cmocka_unit_test(send_takes_target_and_four_words),
        cmocka_unit_test(recv_returns_a_message),
        cmocka_unit_test(call_takes_and_returns_a_message),
        cmocka_unit_test(write_takes_buffer_and_length),
        cmocka_unit_test(notify_takes_its_task_from_the_target),
        cmocka_unit_test(wait_notify_returns_one_word),
        cmocka_unit_test(grant_create_takes_id_and_peer),
        cmocka_unit_test(grant_revoke_takes_its_id),
        cmocka_unit_test(irq_bind_takes_irq_and_bits),
        cmocka_unit_test(irq_ack_takes_its_irq),
        cmocka_unit_test(device_map_returns_the_device_words),
        cmocka_unit_test(heartbeat_takes_its_interval),
        cmocka_unit_test(exit_takes_its_code),
        cmocka_unit_test(the_longest_write_passes),
        cmocka_unit_test(a_write_of_nothing_never_reaches_its_body),
        cmocka_unit_test(a_longer_write_never_reaches_its_body),
        cmocka_unit_test(unknown_numbers_reach_no_body),
        cmocka_unit_test(the_status_is_the_body_s),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
