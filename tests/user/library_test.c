/* SPDX-License-Identifier: MIT */
/* libaegis: text, printing, the UART kinds, and the four memory functions. */
#include "fake_kernel.h"

#include <string.h>

#include <aegis/aegis.h>
#include <aegis/device.h>
#include <aegis/uart.h>

#include "library_string.h"

static const char *text_of(struct text *t)
{
    static char copy[TEXT_SIZE + 1];
    memcpy(copy, t->buf, t->len);
    copy[t->len] = '\0';
    return copy;
}

static void hex_has_no_leading_zeros(void **state)
{
    struct text t = {0};
    (void)state;
    text_hex(&t, 0xCAFE);
    assert_string_equal(text_of(&t), "cafe");
}

static void zero_is_one_digit(void **state)
{
    struct text t = {0};
    (void)state;
    text_hex(&t, 0);
    text_dec(&t, 0);
    assert_string_equal(text_of(&t), "00");
}

static void the_largest_numbers_fit(void **state)
{
    struct text t = {0};
    (void)state;
    text_hex(&t, UINT64_MAX);
    text_str(&t, " ");
    text_dec(&t, UINT64_MAX);
    assert_string_equal(text_of(&t), "ffffffffffffffff 18446744073709551615");
}

static void too_long_text_is_cut(void **state)
{
    struct text t = {0};
    (void)state;
    for (uint32_t i = 0; i < TEXT_SIZE; i++)
        text_str(&t, "ab");
    assert_int_equal(t.len, TEXT_SIZE);
}

static void text_print_is_one_write_and_empties(void **state)
{
    static const struct fake_step steps[] = {{AEGIS_NR_WRITE, FAKE_ANY, FAKE_ANY, 3, STATUS_OK, {3}}};
    struct text t = {0};
    (void)state;
    fake_script(steps, 1);
    text_str(&t, "abc");
    assert_ok(text_print(&t));
    assert_int_equal(t.len, 0);
    assert_string_equal(fake_output(), "abc");
    fake_assert_done();
}

static void an_empty_text_is_no_write(void **state)
{
    struct text t = {0};
    (void)state;
    fake_script(NULL, 0);
    assert_ok(text_print(&t));
}

static void print_splits_long_strings(void **state)
{
    static const struct fake_step steps[] = {
        {AEGIS_NR_WRITE, FAKE_ANY, FAKE_ANY, 256, STATUS_OK, {256}},
        {AEGIS_NR_WRITE, FAKE_ANY, FAKE_ANY, 44, STATUS_OK, {44}},
    };
    char text[301];
    (void)state;
    memset(text, 'x', 300);
    text[300] = '\0';
    fake_script(steps, 2);
    assert_ok(print(text));
    assert_string_equal(fake_output(), text);
    fake_assert_done();
}

static void print_of_exactly_256_is_one_write(void **state)
{
    static const struct fake_step steps[] = {{AEGIS_NR_WRITE, FAKE_ANY, FAKE_ANY, 256, STATUS_OK, {256}}};
    char text[257];
    (void)state;
    memset(text, 'x', 256);
    text[256] = '\0';
    fake_script(steps, 1);
    assert_ok(print(text));
    fake_assert_done();
}

static void print_stops_at_the_first_failure(void **state)
{
    static const struct fake_step steps[] = {{AEGIS_NR_WRITE, FAKE_ANY, FAKE_ANY, 256, ERR_BAD_ADDRESS, {0xFFFF5001}}};
    char text[301];
    (void)state;
    memset(text, 'x', 300);
    text[300] = '\0';
    fake_script(steps, 1);
    assert_status(print(text), ERR_BAD_ADDRESS);
    fake_assert_done();
}

static void print_hex_prints_the_digits(void **state)
{
    static const struct fake_step steps[] = {{AEGIS_NR_WRITE, FAKE_ANY, FAKE_ANY, 2, STATUS_OK, {2}}};
    (void)state;
    fake_script(steps, 1);
    assert_ok(print_hex(0x2A));
    assert_string_equal(fake_output(), "2a");
}

static void recv2_takes_two_words(void **state)
{
    static const struct fake_step steps[] = {{AEGIS_NR_RECV, 2, FAKE_ANY, FAKE_ANY, STATUS_OK, {7, 8, 9, 10}}};
    uint64_t a, b;
    (void)state;
    fake_script(steps, 1);
    assert_ok(aegis_recv2(2, &a, &b));
    assert_int_equal(a, 7);
    assert_int_equal(b, 8);
}

static void call_gives_the_four_words_of_the_reply(void **state)
{
    static const struct fake_step steps[] = {{AEGIS_NR_CALL, 3, 1, 2, STATUS_OK, {5, 6, 7, 8}}};
    static const uint64_t expected[4] = {5, 6, 7, 8};
    struct aegis_msg reply;
    (void)state;
    fake_script(steps, 1);
    assert_ok(aegis_call(3, 1, 2, 0, 0, &reply));
    assert_memory_equal(reply.w, expected, sizeof(expected));
}

static status_t open_kind(uint64_t kind)
{
    const struct fake_step step = {AEGIS_NR_DEVICE_MAP, FAKE_ANY, 0, FAKE_ANY, STATUS_OK, {0, kind, 0x3F8, 1}};
    struct aegis_device uart;
    fake_script(&step, 1);
    return uart_open(0, &uart);
}

static void uart_open_knows_three_kinds(void **state)
{
    (void)state;
    assert_ok(open_kind(AEGIS_DEVICE_PL011));
    assert_ok(open_kind(AEGIS_DEVICE_NS16550));
    assert_ok(open_kind(AEGIS_DEVICE_NS16550_PORT));
    assert_status(open_kind(0), ERR_NOT_SUPPORTED);
    assert_status(open_kind(4), ERR_NOT_SUPPORTED);
}

static void uart_open_passes_the_kernel_s_refusal_on(void **state)
{
    static const struct fake_step step = {AEGIS_NR_DEVICE_MAP, FAKE_ANY, 0, FAKE_ANY, ERR_DEVICE_IN_USE, {0}};
    struct aegis_device uart;
    (void)state;
    fake_script(&step, 1);
    assert_status(uart_open(0, &uart), ERR_DEVICE_IN_USE);
}

static const struct aegis_device port_uart = {AEGIS_DEVICE_NS16550_PORT, 0x3F8, 1};

static void a_port_uart_gets_the_bytes(void **state)
{
    (void)state;
    fake_script(NULL, 0);
    assert_ok(uart_send(&port_uart, (const uint8_t *)"hello", 5));
    assert_string_equal(fake_output(), "hello");
}

static void a_burst_is_at_most_what_the_fifo_holds(void **state)
{
    (void)state;
    fake_script(NULL, 0);
    assert_ok(uart_send(&port_uart, (const uint8_t *)"0123456789abcdefgh", 18));
    assert_string_equal(fake_output(), "0123456789abcdef");
}

static void the_line_must_be_quiet_for_three_looks(void **state)
{
    (void)state;
    fake_script(NULL, 0);
    assert_ok(uart_send(&port_uart, (const uint8_t *)"x", 1));
    assert_int_equal(fake_uart_looks(), 3);
}

static void a_line_that_somebody_takes_is_not_quiet(void **state)
{
    (void)state;
    fake_script(NULL, 0);
    fake_uart_busy_at(2); /* idle, busy, then three times idle */
    assert_ok(uart_send(&port_uart, (const uint8_t *)"x", 1));
    assert_int_equal(fake_uart_looks(), 5);
}

static void a_line_that_never_becomes_idle_times_out(void **state)
{
    static const uint8_t busy[] = {0x00, 0x20, 0x40}; /* also with one of the two registers empty */
    (void)state;
    for (uint32_t i = 0; i < sizeof(busy); i++) {
        fake_script(NULL, 0);
        fake_uart_status(busy[i]);
        assert_status(uart_send(&port_uart, (const uint8_t *)"x", 1), ERR_TIMED_OUT);
        assert_string_equal(fake_output(), "");
    }
}

static void ns16550_registers_are_a_stride_apart(void **state)
{
    uint8_t registers[6 * 4] = {0};
    const struct aegis_device uart = {AEGIS_DEVICE_NS16550, (uint64_t)(uintptr_t)registers, 4};
    (void)state;
    registers[5 * 4] = 0x60;
    assert_ok(uart_send(&uart, (const uint8_t *)"Q", 1));
    assert_int_equal(registers[0], 'Q');
    registers[5 * 4] = 0x20;
    assert_status(uart_send(&uart, (const uint8_t *)"R", 1), ERR_TIMED_OUT);
    assert_int_equal(registers[0], 'Q');
}

static void pl011_is_idle_when_empty_and_not_busy(void **state)
{
    uint32_t registers[8] = {0};
    const struct aegis_device uart = {AEGIS_DEVICE_PL011, (uint64_t)(uintptr_t)registers, 4};
    (void)state;
    registers[6] = 0x80;
    assert_ok(uart_send(&uart, (const uint8_t *)"Q", 1));
    assert_int_equal(registers[0], 'Q');
    registers[6] = 0x88;
    assert_status(uart_send(&uart, (const uint8_t *)"R", 1), ERR_TIMED_OUT);
    registers[6] = 0;
    assert_status(uart_send(&uart, (const uint8_t *)"R", 1), ERR_TIMED_OUT);
    assert_int_equal(registers[0], 'Q');
}

static void each_kind_is_told_whether_to_interrupt(void **state)
{
    uint32_t pl011[16] = {0};
    uint8_t ns16550[6 * 4] = {0};
    const struct aegis_device in_memory[] = {{AEGIS_DEVICE_PL011, (uint64_t)(uintptr_t)pl011, 4},
                                             {AEGIS_DEVICE_NS16550, (uint64_t)(uintptr_t)ns16550, 4}};
    (void)state;
    fake_script(NULL, 0);
    for (uint32_t round = 0; round < 2; round++) {
        bool on = round == 0;
        uart_want_room(&in_memory[0], on);
        uart_want_room(&in_memory[1], on);
        uart_want_room(&port_uart, on);
        assert_int_equal(pl011[14], on ? 0x20 : 0);
        assert_int_equal(ns16550[4], on ? 2 : 0);
        assert_int_equal(fake_uart_interrupts(), on ? 2 : 0);
    }
}

static void memcpy_copies(void **state)
{
    char to[4] = "xyz";
    (void)state;
    assert_ptr_equal(aegis_memcpy(to, "ab", 2), to);
    assert_string_equal(to, "abz");
}

static void memmove_copes_with_both_overlaps(void **state)
{
    char up[] = "abcdef", down[] = "abcdef";
    (void)state;
    assert_ptr_equal(aegis_memmove(up + 1, up, 4), up + 1);
    assert_string_equal(up, "aabcdf");
    aegis_memmove(down, down + 1, 4);
    assert_string_equal(down, "bcdeef");
}

static void memset_fills(void **state)
{
    char to[4] = "xyz";
    (void)state;
    assert_ptr_equal(aegis_memset(to, 'a' + 256, 2), to);
    assert_string_equal(to, "aaz");
}

static void memcmp_compares_unsigned_bytes(void **state)
{
    (void)state;
    assert_int_equal(aegis_memcmp("ab", "ab", 2), 0);
    assert_true(aegis_memcmp("a\x80", "a\x7F", 2) > 0);
    assert_true(aegis_memcmp("a", "b", 1) < 0);
    assert_int_equal(aegis_memcmp("a", "b", 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hex_has_no_leading_zeros),
        cmocka_unit_test(zero_is_one_digit),
        cmocka_unit_test(the_largest_numbers_fit),
        cmocka_unit_test(too_long_text_is_cut),
        cmocka_unit_test(text_print_is_one_write_and_empties),
        cmocka_unit_test(an_empty_text_is_no_write),
        cmocka_unit_test(print_splits_long_strings),
        cmocka_unit_test(print_of_exactly_256_is_one_write),
        cmocka_unit_test(print_stops_at_the_first_failure),
        cmocka_unit_test(print_hex_prints_the_digits),
        cmocka_unit_test(recv2_takes_two_words),
        cmocka_unit_test(call_gives_the_four_words_of_the_reply),
        cmocka_unit_test(uart_open_knows_three_kinds),
        cmocka_unit_test(uart_open_passes_the_kernel_s_refusal_on),
        cmocka_unit_test(a_port_uart_gets_the_bytes),
        cmocka_unit_test(each_kind_is_told_whether_to_interrupt),
        cmocka_unit_test(a_burst_is_at_most_what_the_fifo_holds),
        cmocka_unit_test(the_line_must_be_quiet_for_three_looks),
        cmocka_unit_test(a_line_that_somebody_takes_is_not_quiet),
        cmocka_unit_test(a_line_that_never_becomes_idle_times_out),
        cmocka_unit_test(ns16550_registers_are_a_stride_apart),
        cmocka_unit_test(pl011_is_idle_when_empty_and_not_busy),
        cmocka_unit_test(memcpy_copies),
        cmocka_unit_test(memmove_copes_with_both_overlaps),
        cmocka_unit_test(memset_fills),
        cmocka_unit_test(memcmp_compares_unsigned_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
