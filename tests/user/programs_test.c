/* SPDX-License-Identifier: MIT */
/* The user programs against a scripted kernel: which calls they make, in which order, and what they do about answers. */
#include "fake_kernel.h"

#include <string.h>

#define GRANT ((uint64_t)LAYOUT_GRANT_BASE)
#define OK_REPLY 0x4F4Bu
#define ERROR_REPLY 0x4552u
#define ANY FAKE_ANY
#define PORT_UART {0, 3, 0x3F8, 1}

/* Steps that several scripts share. */
#define WRITE_STEP {AEGIS_NR_WRITE, ANY, ANY, ANY, STATUS_OK, {0}}
#define YIELD_STEP {AEGIS_NR_YIELD, ANY, ANY, ANY, STATUS_OK, {0}}
#define BEAT(ticks) {AEGIS_NR_HEARTBEAT, ANY, (ticks), ANY, STATUS_OK, {0}}
#define RECV_STEP(ep, ...) {AEGIS_NR_RECV, (ep), ANY, ANY, STATUS_OK, {__VA_ARGS__}}
#define REPLY_STEP(ep, w0) {AEGIS_NR_SEND, (ep), (w0), ANY, STATUS_OK, {0}}

static void hello_says_hello_yields_twice_and_exits_0(void **state)
{
    static const struct fake_step steps[] = {WRITE_STEP, YIELD_STEP, YIELD_STEP};
    (void)state;
    assert_int_equal(fake_run(hello_main, steps), 0);
    fake_assert_done();
    assert_memory_equal(fake_output(), "L5:ELF ", 7);
}

static void hello_that_cannot_write_says_so_by_its_code(void **state)
{
    static const struct fake_step steps[] = {{AEGIS_NR_WRITE, ANY, ANY, ANY, ERR_BAD_ADDRESS, {0}}};
    (void)state;
    assert_int_not_equal(fake_run(hello_main, steps), 0);
}

static void logger_prints_the_value_in_hex(void **state)
{
    static const struct fake_step steps[] = {
        RECV_STEP(1, 0x2A, 0xCAFE), WRITE_STEP, YIELD_STEP, RECV_STEP(1, 0, 0),
    };
    (void)state;
    assert_int_equal(fake_run(logger_main, steps), 0);
    fake_assert_done();
    assert_memory_equal(fake_output(), "LOG:2a ", 7);
}

static void logger_ends_when_its_endpoint_fails(void **state)
{
    static const struct fake_step steps[] = {{AEGIS_NR_RECV, 1, ANY, ANY, ERR_RECEIVER_BUSY, {0}}};
    (void)state;
    assert_int_equal(fake_run(logger_main, steps), 1);
}

/* One value of the sensor: it beats while it measures, sends, and lets others run. */
#define SENSOR_BEATS BEAT(150), BEAT(150), BEAT(150), BEAT(150), BEAT(150), BEAT(150), BEAT(150), BEAT(150), BEAT(150), BEAT(150)
#define SENSOR_VALUE(n) SENSOR_BEATS, {AEGIS_NR_SEND, 1, (n), 0xCAFE, STATUS_OK, {0}}

static void sensor_beats_sends_and_yields(void **state)
{
    /* Built with ROUNDS=4 here: the fourth value is also printed. */
    static const struct fake_step steps[] = {
        SENSOR_VALUE(1), YIELD_STEP, SENSOR_VALUE(2), YIELD_STEP, SENSOR_VALUE(3), YIELD_STEP,
        SENSOR_VALUE(4), WRITE_STEP, YIELD_STEP, {AEGIS_NR_SEND, 1, 4, 0, STATUS_OK, {0}},
    };
    (void)state;
    assert_int_equal(fake_run(sensor_main, steps), 0);
    fake_assert_done();
    assert_string_equal(fake_output(), "sensor: counter 4\n");
}

static void sensor_without_logger_ends(void **state)
{
    static const struct fake_step steps[] = {SENSOR_BEATS, {AEGIS_NR_SEND, 1, 1, 0xCAFE, ERR_PEER_CLOSED, {0}}};
    (void)state;
    assert_int_equal(fake_run(sensor_main, steps), 2);
}

#define CLIENT_CREATE {AEGIS_NR_GRANT_CREATE, 0, 0, ANY, STATUS_OK, {0}}
#define CLIENT_CALL(addr, len, reply) {AEGIS_NR_CALL, 0, (addr), (len), STATUS_OK, {(reply)}}

static void client_has_its_text_printed_from_the_grant(void **state)
{
    static const struct fake_step steps[] = {
        CLIENT_CREATE, BEAT(50), CLIENT_CALL(GRANT, ANY, OK_REPLY),
        BEAT(50), CLIENT_CALL(LAYOUT_IMAGE_BASE, 16, ERROR_REPLY), YIELD_STEP,
    };
    const char *page = fake_grant_page();
    (void)state;
    assert_int_equal(fake_run(client_main, steps), 0);
    fake_assert_done();
    assert_memory_equal(page, "J4:UserDrv ", 11);
}

static void client_of_the_tour_stops_the_driver(void **state)
{
    static const struct fake_step steps[] = {
        CLIENT_CREATE, BEAT(50), CLIENT_CALL(GRANT, ANY, OK_REPLY),
        BEAT(50), CLIENT_CALL(LAYOUT_IMAGE_BASE, 16, ERROR_REPLY),
        BEAT(50), CLIENT_CALL(0, 0, OK_REPLY), YIELD_STEP,
    };
    (void)state;
    (void)fake_grant_page();
    assert_int_equal(fake_run(tour_client_main, steps), 0);
    fake_assert_done();
}

static void client_notices_a_wrong_reply(void **state)
{
    static const struct fake_step steps[] = {CLIENT_CREATE, BEAT(50), CLIENT_CALL(GRANT, ANY, 0), YIELD_STEP};
    (void)state;
    (void)fake_grant_page();
    assert_int_equal(fake_run(client_main, steps), 4);
}

static void client_notices_a_driver_that_prints_what_it_should_not(void **state)
{
    static const struct fake_step steps[] = {
        CLIENT_CREATE, BEAT(50), CLIENT_CALL(GRANT, ANY, OK_REPLY),
        BEAT(50), CLIENT_CALL(LAYOUT_IMAGE_BASE, 16, OK_REPLY), YIELD_STEP,
    };
    (void)state;
    (void)fake_grant_page();
    assert_int_equal(fake_run(client_main, steps), 4);
}

static void client_without_a_grant_touches_nothing(void **state)
{
    static const struct fake_step steps[] = {{AEGIS_NR_GRANT_CREATE, 0, 0, ANY, ERR_GRANT_BAD_PEER, {0}}};
    (void)state;
    assert_int_equal(fake_run(client_main, steps), 1);
}

#define READY_LENGTH 49u /* four bursts */
#define DRIVER_START {AEGIS_NR_DEVICE_MAP, ANY, 0, ANY, STATUS_OK, PORT_UART}, BEAT(50), BEAT(50), BEAT(50), BEAT(50)
#define DRIVER_STOP BEAT(0), RECV_STEP(0, 0, 0, 1), BEAT(50), REPLY_STEP(0, OK_REPLY)

static void driver_prints_ready_on_the_uart_itself(void **state)
{
    static const struct fake_step steps[] = {DRIVER_START, DRIVER_STOP};
    (void)state;
    assert_int_equal(fake_run(uart_driver_main, steps), 0);
    fake_assert_done();
    assert_memory_equal(fake_output(), "DRV:ready ", 10);
    assert_int_equal(strlen(fake_output()), READY_LENGTH);
}

static void driver_sends_bursts_that_fit_the_fifo(void **state)
{
    static const struct fake_step steps[] = {DRIVER_START, DRIVER_STOP};
    (void)state;
    assert_int_equal(fake_run(uart_driver_main, steps), 0);
    assert_int_equal(fake_uart_longest_burst(), 16);
}

static void driver_writes_the_grant_page_and_replies(void **state)
{
    static const struct fake_step steps[] = {
        DRIVER_START, BEAT(0), RECV_STEP(0, GRANT + 4090, 6), BEAT(50), BEAT(50), REPLY_STEP(0, OK_REPLY), DRIVER_STOP,
    };
    (void)state;
    memcpy(fake_grant_page() + 4090, "abcdef", 6);
    assert_int_equal(fake_run(uart_driver_main, steps), 0);
    fake_assert_done();
    assert_string_equal(fake_output() + READY_LENGTH, "abcdef");
}

/* X15: the driver must not print what lies outside the grant page for a client. */
static void assert_refused(uint64_t addr, uint64_t len, uint64_t request)
{
    const struct fake_step steps[] = {
        DRIVER_START, BEAT(0), RECV_STEP(0, addr, len, request), BEAT(50), REPLY_STEP(0, ERROR_REPLY), DRIVER_STOP,
    };
    assert_int_equal(fake_run(uart_driver_main, steps), 0);
    fake_assert_done();
    assert_int_equal(strlen(fake_output()), READY_LENGTH);
}

static void driver_refuses_addresses_outside_the_grant(void **state)
{
    (void)state;
    (void)fake_grant_page();
    assert_refused(LAYOUT_IMAGE_BASE, 16, 0);
    assert_refused(GRANT - 1, 1, 0);
    assert_refused(GRANT + PAGE_SIZE, 1, 0);
    assert_refused(0, 16, 0);
    assert_refused(UINT64_MAX, 16, 0);
}

static void driver_refuses_lengths_beyond_the_grant(void **state)
{
    (void)state;
    (void)fake_grant_page();
    assert_refused(GRANT, PAGE_SIZE + 1, 0);
    assert_refused(GRANT + 4090, 7, 0);
    assert_refused(GRANT + 1, UINT64_MAX, 0);
}

static void driver_refuses_an_empty_request(void **state)
{
    (void)state;
    assert_refused(GRANT, 0, 0);
}

static void driver_refuses_requests_it_does_not_know(void **state)
{
    (void)state;
    assert_refused(GRANT, 4, 2);
}

static void driver_survives_a_caller_that_is_gone(void **state)
{
    static const struct fake_step steps[] = {
        DRIVER_START, BEAT(0), RECV_STEP(0, 0, 1), BEAT(50), {AEGIS_NR_SEND, 0, ERROR_REPLY, ANY, ERR_PEER_CLOSED, {0}},
        DRIVER_STOP,
    };
    (void)state;
    assert_int_equal(fake_run(uart_driver_main, steps), 0);
    fake_assert_done();
}

static void driver_without_a_device_ends(void **state)
{
    static const struct fake_step steps[] = {{AEGIS_NR_DEVICE_MAP, ANY, 0, ANY, ERR_DEVICE_IN_USE, {0}}};
    (void)state;
    assert_int_equal(fake_run(uart_driver_main, steps), 1);
}

static void guide_counts_lives_and_says_goodbye(void **state)
{
    static const struct fake_step steps[] = {
        RECV_STEP(3, 0), WRITE_STEP, REPLY_STEP(3, 0), RECV_STEP(3, 0), WRITE_STEP, REPLY_STEP(3, 1),
        RECV_STEP(3, 2), REPLY_STEP(3, 2), WRITE_STEP,
    };
    (void)state;
    assert_int_equal(fake_run(guide_main, steps), 0);
    fake_assert_done();
    assert_non_null(strstr(fake_output(), "this is life 2\n"));
}

/* One process is one life here: its data would have to be restored for a second. */
static void clumsy_behaves_in_its_third_life(void **state)
{
    static const struct fake_step steps[] = {
        {AEGIS_NR_CALL, 3, 0, ANY, STATUS_OK, {2}}, {AEGIS_NR_CALL, 3, 2, ANY, STATUS_OK, {3}},
    };
    static const struct fake_step again[] = {YIELD_STEP};
    (void)state;
    assert_int_equal(fake_run(clumsy_main, steps), 0);
    fake_assert_done();
    /* X12: stale data from the life before is noticed. */
    assert_int_equal(fake_run(clumsy_main, again), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hello_says_hello_yields_twice_and_exits_0),
        cmocka_unit_test(hello_that_cannot_write_says_so_by_its_code),
        cmocka_unit_test(logger_prints_the_value_in_hex),
        cmocka_unit_test(logger_ends_when_its_endpoint_fails),
        cmocka_unit_test(sensor_beats_sends_and_yields),
        cmocka_unit_test(sensor_without_logger_ends),
        cmocka_unit_test(client_has_its_text_printed_from_the_grant),
        cmocka_unit_test(client_of_the_tour_stops_the_driver),
        cmocka_unit_test(client_notices_a_wrong_reply),
        cmocka_unit_test(client_notices_a_driver_that_prints_what_it_should_not),
        cmocka_unit_test(client_without_a_grant_touches_nothing),
        cmocka_unit_test(driver_prints_ready_on_the_uart_itself),
        cmocka_unit_test(driver_sends_bursts_that_fit_the_fifo),
        cmocka_unit_test(driver_writes_the_grant_page_and_replies),
        cmocka_unit_test(driver_refuses_addresses_outside_the_grant),
        cmocka_unit_test(driver_refuses_lengths_beyond_the_grant),
        cmocka_unit_test(driver_refuses_an_empty_request),
        cmocka_unit_test(driver_refuses_requests_it_does_not_know),
        cmocka_unit_test(driver_survives_a_caller_that_is_gone),
        cmocka_unit_test(driver_without_a_device_ends),
        cmocka_unit_test(guide_counts_lives_and_says_goodbye),
        cmocka_unit_test(clumsy_behaves_in_its_third_life),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
