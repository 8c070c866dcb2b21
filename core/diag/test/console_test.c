/* SPDX-License-Identifier: MIT */
/* The console: bursts that fit the FIFO and start on an idle port, the ring, flushing without waiting for strangers. */
#include <support/notes.h>
#include <support/unit.h>

#include <string.h>

#include <arch/irq.h>
#include <arch/smp.h>
#include <arch/timer.h>
#include <diag/console.h>
#include <diag/log.h>

#include "../diag_priv.h"

#define BURST ARCH_SERIAL_FIFO

static char big[CONSOLE_RING_SIZE + 100];

static int setup(void **state)
{
    for (size_t i = 0; i < sizeof(big); i++)
        big[i] = (char)('a' + i % 26);
    notes_clear();
    return unit_setup(state);
}

TEST(appending_sends_nothing)
{
    console_append("abc", 3);
    assert_string_equal(null_serial(), "");
    assert_true(console_pending());
}

TEST(an_empty_console_has_nothing_pending)
{
    assert_false(console_pending());
    assert_false(console_poll());
    assert_string_equal(null_serial(), "");
}

TEST(a_poll_sends_the_bytes_in_order)
{
    console_append("ab", 2);
    console_append("cd", 2);
    assert_false(console_poll());
    assert_string_equal(null_serial(), "abcd");
    assert_false(console_pending());
}

TEST(a_poll_sends_one_burst_and_says_that_more_is_left)
{
    console_append(big, BURST + 1);
    assert_true(console_poll());
    assert_int_equal(strlen(null_serial()), BURST);
    assert_false(console_poll());
    assert_int_equal(strlen(null_serial()), BURST + 1);
}

TEST(a_poll_sends_nothing_while_the_port_is_busy)
{
    console_append("abc", 3);
    null_serial_set_busy(true);
    assert_true(console_poll());
    assert_string_equal(null_serial(), "");
    null_serial_set_busy(false);
    assert_false(console_poll());
    assert_string_equal(null_serial(), "abc");
}

TEST(no_burst_is_longer_than_the_fifo)
{
    console_append(big, 1000);
    console_flush();
    assert_int_equal(null_serial_longest_burst(), BURST);
    assert_int_equal(strlen(null_serial()), 1000);
}

TEST(a_second_sender_does_not_wait)
{
    console_append("abc", 3);
    diag_state()->sender = 1;
    assert_true(console_poll());
    assert_string_equal(null_serial(), "");
    diag_state()->sender = 0;
    assert_false(console_poll());
}

TEST(nothing_is_pending_while_a_sender_sends_the_last_bytes)
{
    diag_state()->sender = 1;
    assert_false(console_poll());
}

TEST(the_port_is_given_back_after_a_burst)
{
    console_append(big, 2 * BURST);
    (void)console_poll();
    assert_int_equal(diag_state()->sender, 0);
    null_serial_set_busy(true);
    (void)console_poll();
    assert_int_equal(diag_state()->sender, 0);
}

TEST(what_does_not_fit_is_dropped_and_counted)
{
    console_append(big, CONSOLE_RING_SIZE - 10);
    console_append(big, 25);
    assert_int_equal(diag_state()->dropped, 15);
    assert_int_equal(diag_state()->ring_len, CONSOLE_RING_SIZE);
    console_append("x", 1);
    assert_int_equal(diag_state()->dropped, 16);
}

TEST(what_fits_is_sent_whole_even_when_the_rest_is_dropped)
{
    console_append(big, sizeof(big));
    console_flush();
    assert_int_equal(strlen(null_serial()), CONSOLE_RING_SIZE);
    assert_memory_equal(null_serial(), big, CONSOLE_RING_SIZE);
}

TEST(a_tried_append_is_whole_or_nothing)
{
    assert_true(console_try_append(big, CONSOLE_RING_SIZE - 10));
    assert_false(console_try_append("0123456789A", 11));
    assert_int_equal(diag_state()->ring_len, CONSOLE_RING_SIZE - 10);
    assert_true(console_try_append("0123456789", 10));
    assert_false(console_try_append("x", 1));
    assert_int_equal(diag_state()->dropped, 0);
    console_flush();
    assert_memory_equal(null_serial() + CONSOLE_RING_SIZE - 10, "0123456789", 10);
}

TEST(the_ring_wraps)
{
    for (uint32_t round = 0; round < 5; round++) {
        null_serial_clear();
        console_append(big + round, CONSOLE_RING_SIZE - 100);
        console_flush();
        assert_memory_equal(null_serial(), big + round, CONSOLE_RING_SIZE - 100);
    }
    assert_int_equal(diag_state()->dropped, 0);
}

static void free_the_port(void)
{
    note("hook ");
    null_serial_set_busy(false);
}

TEST(flush_calls_the_wait_hook_while_it_waits)
{
    console_set_wait_hook(free_the_port);
    null_serial_set_busy(true);
    console_append("abc", 3);
    console_flush();
    assert_string_equal(null_serial(), "abc");
    assert_string_equal(notes(), "hook hook ");
}

static void port_is_free(void *data)
{
    (void)data;
    null_serial_set_busy(false);
}

TEST(flush_opens_interrupt_windows_and_lets_time_pass)
{
    assert_ok(arch_set_interrupt_handler(5, port_is_free, NULL));
    arch_enable_interrupts();
    null_serial_set_busy(true);
    null_inject_at(20, 0, 5);
    console_append("abc", 3);
    console_flush();
    assert_string_equal(null_serial(), "abc");
    assert_in_range(arch_timer_get_ticks(), 20, 30);
}

static void add_more(void)
{
    console_append("....................", 20);
}

static void note_sent(void *data)
{
    (void)data;
    note("%s|", null_serial());
}

TEST(interrupts_come_before_a_flush_and_in_the_middle_of_a_burst)
{
    assert_ok(arch_set_interrupt_handler(5, note_sent, NULL));
    arch_enable_interrupts();
    null_inject(0, 5);
    console_flush();
    assert_string_equal(notes(), "|");
    console_append("abcdef", 6);
    null_inject(0, 5);
    assert_false(console_poll());
    assert_string_equal(notes(), "|abc|");
}

TEST(flush_does_not_wait_for_what_others_add_meanwhile)
{
    console_set_wait_hook(add_more);
    console_append(big, 3 * BURST);
    console_flush();
    assert_int_equal(strlen(null_serial()), 3 * BURST);
    assert_true(console_pending());
}

TEST(flush_of_an_empty_console_returns_at_once)
{
    console_set_wait_hook(add_more);
    console_flush();
    assert_false(console_pending());
}

TEST(raw_flush_ignores_a_busy_port_and_a_dead_sender)
{
    console_append(big, 100);
    null_serial_set_busy(true);
    diag_state()->sender = 1;
    diag_state()->ring_lock = 1;
    console_flush_raw();
    assert_int_equal(strlen(null_serial()), 100);
    assert_memory_equal(null_serial(), big, 100);
    assert_false(console_pending());
}

static void mirror(const char *text, size_t len)
{
    note("%.*s|", (int)len, text);
}

TEST(the_mirror_sees_every_byte_that_is_sent)
{
    console_set_mirror(mirror);
    console_append("0123456789ABCDEFGHIJ", 20);
    console_flush();
    assert_string_equal(notes(), "0123456789ABCDEF|GHIJ|");
    console_append("x", 1);
    console_flush_raw();
    assert_string_equal(notes(), "0123456789ABCDEF|GHIJ|x|");
}

TEST(a_removed_mirror_sees_nothing)
{
    console_set_mirror(mirror);
    console_set_mirror(NULL);
    console_append("abc", 3);
    console_flush();
    assert_string_equal(notes(), "");
}

static void write_digits(uint32_t cpu)
{
    for (uint32_t i = 0; i < 50; i++)
        console_append("1234567890", 10);
    console_flush();
    for (;;)
        arch_cpu_relax();
    (void)cpu;
}

static void write_on_two_cpus(void *arg)
{
    (void)arg;
    assert_ok(arch_start_cpu(1, write_digits));
    for (uint32_t i = 0; i < 50; i++)
        console_append("abcdefghij", 10);
    while (console_pending() || strlen(null_serial()) < 1000)
        console_flush(), arch_cpu_relax();
}

static void change_cpu(void)
{
    arch_cpu_relax();
}

/* Appends are whole, and no byte is lost or sent twice, with a CPU change at every preemption point. */
TEST(two_cpus_write_without_tearing_each_other_s_pieces)
{
    null_reset(&(struct null_config){.cpus = 2});
    null_set_preempt_hook(change_cpu);
    assert_int_equal(null_run(write_on_two_cpus, NULL).kind, NULL_RETURNED);
    const char *out = null_serial();
    assert_int_equal(strlen(out), 1000);
    for (size_t i = 0; i < 1000; i += 10)
        assert_true(strncmp(out + i, "1234567890", 10) == 0 || strncmp(out + i, "abcdefghij", 10) == 0);
}

static uint32_t *held;

static void let_go(uint32_t cpu)
{
    (void)cpu;
    note("released ");
    *held = 0;
    for (;;)
        arch_cpu_relax();
}

static void append(void)
{
    console_append("abc", 3);
}

static void try_append(void)
{
    assert_true(console_try_append("abc", 3));
}

static void poll(void)
{
    (void)console_poll();
}

static void log_a_line(void)
{
    log_plain("abc");
}

static void do_while_locked(void *arg)
{
    void (*const *fn)(void) = arg;

    *held = 1;
    assert_ok(arch_start_cpu(1, let_go));
    (*fn)();
    note("done");
}

static void assert_waits(uint32_t *lock, void (*fn)(void), const char *before)
{
    null_reset(&(struct null_config){.cpus = 2});
    notes_clear();
    console_append(before, strlen(before));
    held = lock;
    assert_int_equal(null_run(do_while_locked, &fn).kind, NULL_RETURNED);
    assert_string_equal(notes(), "released done");
    assert_int_equal(*lock, 0);
}

TEST(who_touches_the_ring_waits_for_its_lock)
{
    assert_waits(&diag_state()->ring_lock, append, "");
    assert_waits(&diag_state()->ring_lock, try_append, "");
    assert_waits(&diag_state()->ring_lock, poll, "abc");
    assert_waits(&diag_state()->ring_lock, console_flush, "");
}

TEST(who_logs_waits_for_the_lock_of_the_last_lines)
{
    assert_waits(&diag_state()->log_lock, log_a_line, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(appending_sends_nothing, setup),
        cmocka_unit_test_setup(an_empty_console_has_nothing_pending, setup),
        cmocka_unit_test_setup(a_poll_sends_the_bytes_in_order, setup),
        cmocka_unit_test_setup(a_poll_sends_one_burst_and_says_that_more_is_left, setup),
        cmocka_unit_test_setup(a_poll_sends_nothing_while_the_port_is_busy, setup),
        cmocka_unit_test_setup(no_burst_is_longer_than_the_fifo, setup),
        cmocka_unit_test_setup(a_second_sender_does_not_wait, setup),
        cmocka_unit_test_setup(nothing_is_pending_while_a_sender_sends_the_last_bytes, setup),
        cmocka_unit_test_setup(the_port_is_given_back_after_a_burst, setup),
        cmocka_unit_test_setup(what_does_not_fit_is_dropped_and_counted, setup),
        cmocka_unit_test_setup(what_fits_is_sent_whole_even_when_the_rest_is_dropped, setup),
        cmocka_unit_test_setup(a_tried_append_is_whole_or_nothing, setup),
        cmocka_unit_test_setup(the_ring_wraps, setup),
        cmocka_unit_test_setup(flush_calls_the_wait_hook_while_it_waits, setup),
        cmocka_unit_test_setup(flush_opens_interrupt_windows_and_lets_time_pass, setup),
        cmocka_unit_test_setup(interrupts_come_before_a_flush_and_in_the_middle_of_a_burst, setup),
        cmocka_unit_test_setup(flush_does_not_wait_for_what_others_add_meanwhile, setup),
        cmocka_unit_test_setup(flush_of_an_empty_console_returns_at_once, setup),
        cmocka_unit_test_setup(raw_flush_ignores_a_busy_port_and_a_dead_sender, setup),
        cmocka_unit_test_setup(the_mirror_sees_every_byte_that_is_sent, setup),
        cmocka_unit_test_setup(a_removed_mirror_sees_nothing, setup),
        cmocka_unit_test_setup(two_cpus_write_without_tearing_each_other_s_pieces, setup),
        cmocka_unit_test_setup(who_touches_the_ring_waits_for_its_lock, setup),
        cmocka_unit_test_setup(who_logs_waits_for_the_lock_of_the_last_lines, setup),
    };

    return cmocka_run_group_tests_name("console", tests, NULL, NULL);
}
