/* SPDX-License-Identifier: MIT */
/* The board's UART as a driver sees it: buffers, line speed, status bits, interrupts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arch/irq.h>
#include <base/hash.h>
#include <board.h>
#include <sim/device.h>
#include <sim/event.h>

#include "doubles.h"

#define BYTE_TIME 8680u /* 86.8 us at 100 MHz */

#ifdef BOARD_UART_NS16550_PORT
#define PORT true
#else
#define PORT false
#endif

static uint32_t get(uint32_t offset)
{
    return device_read(BOARD_UART_BASE + offset, 1, PORT);
}

static void put(uint32_t offset, uint32_t value)
{
    device_write(BOARD_UART_BASE + offset, 1, PORT, value);
}

/* Let the line carry bytes until nothing is left to do. */
static void drain(void)
{
    while (event_next_time() != EVENT_NEVER) {
        doubles.now = event_next_time();
        event_fire_next();
    }
}

#ifdef BOARD_UART_PL011
enum { DATA = 0x00, FLAGS = 0x18, MASK = 0x38, RAW = 0x3C, MASKED = 0x40, CLEAR = 0x44 };
enum { BUSY = 1 << 3, RX_EMPTY = 1 << 4, TX_FULL = 1 << 5, RX_FULL = 1 << 6, TX_EMPTY = 1 << 7 };
enum { INT_RX = 1 << 4, INT_TX = 1 << 5 };

static bool room(void) { return (get(FLAGS) & TX_FULL) == 0; }
static bool idle(void) { return (get(FLAGS) & (TX_EMPTY | BUSY)) == TX_EMPTY; }
static bool received(void) { return (get(FLAGS) & RX_EMPTY) == 0; }
static void enable_rx(void) { put(MASK, INT_RX); }
static void enable_tx(void) { put(CLEAR, INT_TX); put(MASK, INT_TX); }
static void set_up(void) { put(MASK, 0); put(CLEAR, 0x7FF & ~INT_RX); }

static void t_identifies_itself(void **state)
{
    (void)state;
    assert_int_equal(get(0xFE0), 0x11);
    assert_int_equal(get(0xFE4), 0x10);
    assert_int_equal(get(0xFF0), 0x0D);
}

static void t_masked_status_is_raw_and_mask(void **state)
{
    (void)state;
    assert_true(uart_receive('x'));
    assert_true(get(RAW) & INT_RX);
    assert_int_equal(get(MASKED), 0);
    enable_rx();
    assert_int_equal(get(MASKED), INT_RX);
    (void)get(DATA);
    assert_int_equal(get(MASKED), 0);
}
#else
enum { DATA = 0, IER = 1, IIR = 2, FCR = 2, LCR = 3, LSR = 5, SCR = 7 };
enum { READY = 1 << 0, EMPTY = 1 << 5, ALL_EMPTY = 1 << 6 };

static bool room(void) { return (get(LSR) & EMPTY) != 0; }
static bool idle(void) { return (get(LSR) & ALL_EMPTY) != 0; }
static bool received(void) { return (get(LSR) & READY) != 0; }
static void enable_rx(void) { put(IER, 1); }
static void enable_tx(void) { put(IER, 2); }
static void set_up(void) { put(IER, 0); put(LCR, 3); put(FCR, 3); }

static void t_identifies_itself(void **state)
{
    (void)state;
    put(SCR, 0x5A);
    assert_int_equal(get(SCR), 0x5A);
    assert_int_equal(get(IIR), 0xC1); /* FIFOs on, no interrupt */
    put(FCR, 0);
    assert_int_equal(get(IIR), 0x01);
}

static void t_divisor_latch_hides_data(void **state)
{
    (void)state;
    put(LCR, 0x83);
    put(DATA, 0x42);
    assert_int_equal(get(DATA), 0x42);
    assert_int_equal(doubles.sent_count, 0);
    put(LCR, 3);
    put(DATA, 'a');
    assert_int_equal(doubles.sent_count, 1);
}

static void t_without_fifos_one_byte_fits(void **state)
{
    (void)state;
    put(FCR, 0);
    put(DATA, 'a');
    put(DATA, 'b');
    assert_int_equal(doubles.sent_count, 1);
}

static void t_reading_the_cause_takes_the_transmitter_interrupt_back(void **state)
{
    (void)state;
    enable_tx();
    assert_true(doubles.asserted);
    assert_int_equal(get(IIR) & 0x0F, 0x02);
    assert_false(doubles.asserted);
    assert_int_equal(get(IIR) & 0x0F, 0x01);
}
#endif

static int fresh(void **state)
{
    (void)state;
    drain();
    while (received())
        (void)get(DATA);
    set_up();
    doubles.sent_count = 0;
    return 0;
}

static void t_bytes_go_out_in_order(void **state)
{
    (void)state;
    put(DATA, 'a');
    put(DATA, 'b');
    assert_int_equal(doubles.sent_count, 2);
    assert_int_equal(doubles.sent[0], 'a');
    assert_int_equal(doubles.sent[1], 'b');
}

static void t_line_takes_its_time(void **state)
{
    uint64_t start = doubles.now;

    (void)state;
    assert_true(idle());
    put(DATA, 'a');
    put(DATA, 'b');
    assert_false(idle());
    assert_true(event_next_time() == start + BYTE_TIME);
    drain();
    assert_true(idle());
    assert_true(doubles.now == start + 2 * BYTE_TIME);
}

static void t_seventeenth_byte_is_lost(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 17; i++)
        put(DATA, 'a' + i);
    assert_false(room());
    assert_int_equal(doubles.sent_count, 16);
}

static void t_received_bytes_come_in_order(void **state)
{
    (void)state;
    assert_false(received());
    assert_true(uart_receive('x'));
    assert_true(uart_receive('y'));
    assert_true(received());
    assert_int_equal(get(DATA), 'x');
    assert_int_equal(get(DATA), 'y');
    assert_false(received());
    assert_int_equal(get(DATA), 0);
}

static void t_full_receive_buffer_refuses(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 16; i++)
        assert_true(uart_receive((uint8_t)i));
    assert_false(uart_receive(16));
    (void)get(DATA);
    assert_true(uart_receive(16));
}

static void t_receive_interrupt_is_a_level(void **state)
{
    (void)state;
    enable_rx();
    assert_false(doubles.asserted);
    assert_true(uart_receive('x'));
    assert_true(doubles.asserted);
    assert_int_equal(doubles.line, ARCH_VECTOR_UART0);
    (void)get(DATA);
    assert_false(doubles.asserted);
}

static void t_no_interrupt_without_enable(void **state)
{
    (void)state;
    assert_true(uart_receive('x'));
    assert_false(doubles.asserted);
}

static void t_transmit_interrupt_comes_when_the_buffer_has_drained(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 16; i++)
        put(DATA, 'a');
    enable_tx();
    assert_false(doubles.asserted);
    drain();
    assert_true(doubles.asserted);
}

static void t_hash_tells_states_apart(void **state)
{
    struct hash before, after;

    (void)state;
    hash_init(&before, 0);
    hash_init(&after, 0);
    device_first()->hash(device_first(), &before);
    assert_true(uart_receive('x'));
    device_first()->hash(device_first(), &after);
    assert_true(hash_final(&before) != hash_final(&after));
}

static void t_absent_device_reads_ones(void **state)
{
    (void)state;
    assert_true(device_read(0xFFFF0000, 4, false) == 0xFFFFFFFF);
    assert_true(device_read(0xFFFF0000, 2, false) == 0xFFFF);
    assert_true(device_read(BOARD_UART_BASE, 1, !PORT) == 0xFF);
    device_write(0xFFFF0000, 4, false, 1); /* and takes writes */
}

static void t_access_over_the_edge_reads_ones(void **state)
{
    (void)state;
    assert_true(device_read(BOARD_UART_BASE + BOARD_UART_SIZE - 1, 2, PORT) == 0xFFFF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(t_identifies_itself, fresh),
#ifdef BOARD_UART_PL011
        cmocka_unit_test_setup(t_masked_status_is_raw_and_mask, fresh),
#else
        cmocka_unit_test_setup(t_divisor_latch_hides_data, fresh),
        cmocka_unit_test_setup(t_without_fifos_one_byte_fits, fresh),
        cmocka_unit_test_setup(t_reading_the_cause_takes_the_transmitter_interrupt_back, fresh),
#endif
        cmocka_unit_test_setup(t_bytes_go_out_in_order, fresh),
        cmocka_unit_test_setup(t_line_takes_its_time, fresh),
        cmocka_unit_test_setup(t_seventeenth_byte_is_lost, fresh),
        cmocka_unit_test_setup(t_received_bytes_come_in_order, fresh),
        cmocka_unit_test_setup(t_full_receive_buffer_refuses, fresh),
        cmocka_unit_test_setup(t_receive_interrupt_is_a_level, fresh),
        cmocka_unit_test_setup(t_no_interrupt_without_enable, fresh),
        cmocka_unit_test_setup(t_transmit_interrupt_comes_when_the_buffer_has_drained, fresh),
        cmocka_unit_test_setup(t_hash_tells_states_apart, fresh),
        cmocka_unit_test_setup(t_absent_device_reads_ones, fresh),
        cmocka_unit_test_setup(t_access_over_the_edge_reads_ones, fresh),
    };

    uart_create();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
