/* SPDX-License-Identifier: MIT */
/* The gate: the mask before anything else, bounds from the table, results in their registers, everything recorded. */
#include <support/calls.h>
#include <support/kernel.h>
#include <support/notes.h>
#include <support/unit.h>

#include <stdio.h>
#include <string.h>

#include <abi/caps.h>
#include <abi/layout.h>
#include <diag/counters.h>
#include <task/task.h>

#define NOISE 0xABABABABABABABABull

static uint32_t life;
static uint64_t call_nr, call_target;

static int setup(void **state)
{
    (void)state;
    life = 0;
    notes_clear();
    kernel_new(NULL);
    return 0;
}

static void run(const char *caps, void (*program)(struct arch_user *u))
{
    char attributes[64];

    snprintf(attributes, sizeof(attributes), "caps=%s", caps);
    kernel_task(0, attributes, program);
    assert_int_equal(kernel_boot().kind, NULL_OFF);
}

/* Make one call in the first life; the second life exits (if it may). */
static void one_call(struct arch_user *u)
{
    if (life++ == 0) {
        struct null_result r = null_call(u, call_nr, call_target, 0, 0, 0, 0);
        note("answered %s", status_name(r.status));
    }
    u_exit(u, 0);
}

static void assert_denied(uint64_t nr, uint64_t target, const char *caps, const char *text)
{
    char line[160];

    setup(NULL);
    call_nr = nr;
    call_target = target;
    run(caps, one_call);
    snprintf(line, sizeof(line), "[T0] [WARN] [aegis] CAP DENIED: task 0 syscall #%lu %s\n", (unsigned long)nr, text);
    if (!console_has(line))
        print_error("%s\n", strstr(null_serial(), "boot complete"));
    assert_true(console_has(line));
    assert_string_equal(notes(), "");
    assert_int_equal(life, 2);
    assert_int_equal(counters_get()->denied, 1);
    assert_int_equal(counters_get()->faults, 1);
}

TEST(a_send_without_its_bit_is_a_fault)
{
    assert_denied(AEGIS_NR_SEND, 2, "exit+send_ep0+send_ep1+send_ep3+recv_ep2", "needs SEND_EP2");
}

TEST(a_receive_without_its_bit_is_a_fault)
{
    assert_denied(AEGIS_NR_RECV, 1, "exit+recv_ep0+recv_ep2+recv_ep3+send_ep1", "needs RECV_EP1");
}

TEST(a_call_without_one_of_its_bits_is_a_fault)
{
    assert_denied(AEGIS_NR_CALL, 0, "exit+send_ep0", "needs SEND_EP0+RECV_EP0");
    assert_denied(AEGIS_NR_CALL, 0, "exit+recv_ep0", "needs SEND_EP0+RECV_EP0");
}

TEST(every_other_call_without_its_bit_is_a_fault)
{
    assert_denied(AEGIS_NR_YIELD, 0, "exit", "needs YIELD");
    assert_denied(AEGIS_NR_WRITE, 0, "exit", "needs WRITE");
    assert_denied(AEGIS_NR_NOTIFY, 0, "exit", "needs NOTIFY");
    assert_denied(AEGIS_NR_WAIT_NOTIFY, 0, "exit", "needs WAIT_NOTIFY");
    assert_denied(AEGIS_NR_GRANT_CREATE, 0, "exit", "needs GRANT_CREATE");
    assert_denied(AEGIS_NR_GRANT_REVOKE, 0, "exit", "needs GRANT_REVOKE");
    assert_denied(AEGIS_NR_IRQ_BIND, 0, "exit", "needs IRQ_BIND");
    assert_denied(AEGIS_NR_IRQ_ACK, 0, "exit", "needs IRQ_ACK");
    assert_denied(AEGIS_NR_DEVICE_MAP, 0, "exit", "needs DEVICE_MAP");
    assert_denied(AEGIS_NR_HEARTBEAT, 0, "exit", "needs HEARTBEAT");
}

TEST(an_exit_without_its_bit_is_a_fault)
{
    kernel_new(&(struct null_config){.stop_at = 1500000});
    kernel_task(0, "caps=none", one_call);
    call_nr = AEGIS_NR_EXIT;
    assert_int_equal(kernel_boot().kind, NULL_STOPPED);
    assert_true(console_has("CAP DENIED: task 0 syscall #13 needs EXIT\n"));
    assert_int_equal(counters_get()->exits, 0);
}

TEST(an_unknown_call_is_a_fault_even_with_every_bit)
{
    assert_denied(14, 0, "all", "target 0 does not exist");
    assert_denied(99, 7, "all", "target 7 does not exist");
    assert_denied(0xFFFFFFFFFFFFFFFFull, 0, "all", "target 0 does not exist");
    assert_denied(0x100000000ull, 0, "all", "target 0 does not exist"); /* not call 0 */
}

TEST(an_unknown_endpoint_is_a_fault_even_with_every_bit)
{
    assert_denied(AEGIS_NR_SEND, 4, "all", "target 4 does not exist");
    assert_denied(AEGIS_NR_RECV, 4, "all", "target 4 does not exist");
    assert_denied(AEGIS_NR_CALL, 0x100000000ull, "all", "target 4294967296 does not exist");
}

TEST(the_mask_survives_the_restart)
{
    kernel_new(&(struct null_config){.stop_at = 2500000});
    kernel_task(0, "caps=yield", one_call);
    call_nr = AEGIS_NR_HEARTBEAT;
    (void)kernel_boot();
    assert_int_equal(console_count("syscall #12 needs HEARTBEAT"), 1);
    assert_int_equal(console_count("syscall #13 needs EXIT"), 2);
}

/* What a program sees in its registers: all noise before, so every word that is touched shows. */
static void note_answer(struct arch_user *u, uint64_t nr, uint64_t target, uint64_t w0, uint64_t w1)
{
    struct null_result r = null_call(u, nr, target, w0, w1, NOISE, NOISE);

    note("%s", status_name(r.status));
    for (uint32_t i = 0; i < 4; i++) {
        uint64_t before = i == 0 ? w0 : i == 1 ? w1 : NOISE;

        if (r.w[i] == before)
            note(" -");
        else
            note(" %lx", (unsigned long)r.w[i]);
    }
    note("; ");
}

static void calls_without_result(struct arch_user *u)
{
    note_answer(u, AEGIS_NR_YIELD, NOISE, NOISE, NOISE);
    note_answer(u, AEGIS_NR_HEARTBEAT, NOISE, 5, NOISE);
    note_answer(u, AEGIS_NR_NOTIFY, 0, 3, NOISE);
    note_answer(u, AEGIS_NR_IRQ_BIND, NOISE, 40, 1);
    u_exit(u, 0);
}

TEST(a_call_without_result_answers_0_and_touches_nothing_else)
{
    run("all", calls_without_result);
    assert_string_equal(notes(), "OK 0 - - -; OK 0 - - -; OK 0 - - -; OK 0 - - -; ");
}

static void calls_that_fail(struct arch_user *u)
{
    note_answer(u, AEGIS_NR_NOTIFY, 63, 3, NOISE);
    note_answer(u, AEGIS_NR_GRANT_CREATE, 0, 0, NOISE);
    note_answer(u, AEGIS_NR_IRQ_ACK, NOISE, 40, NOISE);
    note_answer(u, AEGIS_NR_DEVICE_MAP, NOISE, 9, NOISE);
    note_answer(u, AEGIS_NR_RECV, 0, NOISE, NOISE); /* never fails here: it would wait */
    u_exit(u, 0);
}

TEST(a_failed_call_answers_its_code_and_touches_nothing_else)
{
    kernel_task(0, "caps=all", calls_that_fail);
    (void)kernel_boot();
    assert_string_equal(notes(), "BAD_TARGET ffffdead - - -; GRANT_SELF ffff0004 - - -; IRQ_NOT_BOUND ffff1004 - - -; "
                                 "DEVICE_INVALID ffff2001 - - -; ");
}

static void calls_with_results(struct arch_user *u)
{
    (void)u_notify(u, 0, 0x30);
    note_answer(u, AEGIS_NR_WAIT_NOTIFY, NOISE, NOISE, NOISE);
    note_answer(u, AEGIS_NR_WRITE, NOISE, image_base(0), 4);
    note_answer(u, AEGIS_NR_DEVICE_MAP, NOISE, 0xF000, 1); /* refused */
    note_answer(u, AEGIS_NR_WRITE, NOISE, 0, 4);
    u_exit(u, 0);
}

TEST(one_result_word_is_word_0)
{
    run("all", calls_with_results);
    assert_string_equal(notes(), "OK 30 - - -; OK 4 - - -; DEVICE_INVALID ffff2001 - - -; BAD_ADDRESS ffff5001 - - -; ");
}

static void receive_noise(struct arch_user *u)
{
    note_answer(u, AEGIS_NR_RECV, 0, NOISE, NOISE);
    u_exit(u, 0);
}

static void send_words(struct arch_user *u)
{
    (void)null_call(u, AEGIS_NR_SEND, 0, 0x11, 0x22, 0x33, 0x44);
    u_exit(u, 0);
}

TEST(a_message_is_four_words)
{
    kernel_task(0, "caps=all", receive_noise);
    kernel_task(1, "caps=all", send_words);
    (void)kernel_boot();
    assert_string_equal(notes(), "OK 11 22 33 44; ");
}

static void write_lengths(struct arch_user *u)
{
    static const uint64_t len[] = {0, 1, 256, 257, 0x100000001ull, ~0ull};

    for (uint32_t i = 0; i < 6; i++)
        note("%s ", status_name(u_write(u, image_base(0), len[i]).status));
    u_exit(u, 0);
}

TEST(a_size_outside_its_bounds_never_reaches_the_call)
{
    run("all", write_lengths);
    assert_string_equal(notes(), "BAD_LENGTH OK OK BAD_LENGTH BAD_LENGTH BAD_LENGTH ");
}

TEST(calls_are_counted)
{
    run("all", calls_without_result);
    assert_int_equal(counters_get()->calls, 5);
    assert_int_equal(counters_get()->denied, 0);
    assert_int_equal(task_get(0)->calls, 5);
}

static const struct trace_event *event(enum trace_kind kind, uint32_t n)
{
    for (uint32_t i = 0; i < null_trace_count(); i++)
        if (null_trace_at(i)->kind == kind && n-- == 0)
            return null_trace_at(i);
    return NULL;
}

static void one_failing_one_good_call(struct arch_user *u)
{
    (void)null_call(u, AEGIS_NR_NOTIFY, 63, 1, 2, 3, 4);
    (void)u_notify(u, 0, 9);
    (void)u_wait_notify(u);
    u_exit(u, 5);
}

TEST(calls_and_answers_are_traced)
{
    kernel_task(0, "caps=all", one_failing_one_good_call);
    kernel_prepare();
    null_trace(true);
    (void)kernel_continue();
    const struct trace_event call = {
        .kind = TRACE_CALL, .thread = 0, .count = 4, .a = AEGIS_NR_NOTIFY, .b = 63, .c = 1, .d = 2, .e = 3, .f = 4};
    assert_memory_equal(event(TRACE_CALL, 0), &call, sizeof(call));
    const struct trace_event answer = {
        .kind = TRACE_RETURN, .count = 1, .a = AEGIS_NR_NOTIFY, .b = (uint64_t)(int64_t)ERR_BAD_TARGET, .c = 0xFFFFDEAD};
    assert_memory_equal(event(TRACE_RETURN, 0), &answer, sizeof(answer));
    assert_int_equal(event(TRACE_RETURN, 2)->c, 9);
    assert_int_equal(event(TRACE_CALL, 3)->a, AEGIS_NR_EXIT);
    assert_null(event(TRACE_RETURN, 3)); /* an exit does not return */
}

static void write_good_and_bad(struct arch_user *u)
{
    (void)u_write(u, LAYOUT_USER_BASE - 1, 3);
    null_write(u, image_base(0) + IMAGE_DATA_OFFSET, "hi\n", 3);
    (void)u_write(u, image_base(0) + IMAGE_DATA_OFFSET, 3);
    u_exit(u, 0);
}

TEST(what_reaches_the_console_is_traced)
{
    const struct trace_event text = {.kind = TRACE_TEXT, .count = 3, .c = 0x0A6968};

    kernel_task(0, "caps=all", write_good_and_bad);
    kernel_prepare();
    null_trace(true);
    (void)kernel_continue();
    assert_memory_equal(event(TRACE_TEXT, 0), &text, sizeof(text));
    assert_null(event(TRACE_TEXT, 1));
}

TEST(a_denied_call_has_no_answer)
{
    kernel_task(0, "caps=exit", one_call);
    call_nr = AEGIS_NR_YIELD;
    kernel_prepare();
    null_trace(true);
    (void)kernel_continue();
    assert_non_null(event(TRACE_CALL, 0));
    assert_null(event(TRACE_RETURN, 0));
}

static void yield_five_times_then_write(struct arch_user *u)
{
    if (life++ == 0) {
        for (uint32_t i = 0; i < 5; i++)
            (void)u_yield(u);
        (void)u_write(u, image_base(0), 4);
    }
    u_exit(u, 0);
}

TEST(the_last_of_several_calls_is_reported_as_denied)
{
    char line[100];

    run("exit+yield", yield_five_times_then_write);
    snprintf(line, sizeof(line), "\n  cause: its mask does not allow call #%d, which needs WRITE\n", AEGIS_NR_WRITE);
    assert_true(console_has(line));
    assert_int_equal(console_count("-> ACCESS_DENIED"), 1);
    assert_true(console_has(" -> ACCESS_DENIED\n"));
    assert_null(strstr(strstr(null_serial(), "-> ACCESS_DENIED"), "-> OK")); /* it is the last of the list */
}

static void crash_then_yield(struct arch_user *u)
{
    if (life++ == 0)
        u_crash(u);
    if (life == 2)
        (void)u_yield(u);
    u_exit(u, 0);
}

TEST(a_denial_is_traced_without_the_trap_of_a_former_life)
{
    kernel_task(0, "caps=exit", crash_then_yield);
    kernel_prepare();
    null_trace(true);
    (void)kernel_continue();
    assert_int_equal(event(TRACE_FAULT, 0)->e, TRACE_FAULT_TRAP);
    assert_int_equal(event(TRACE_FAULT, 1)->e, TRACE_FAULT_DENIED);
    assert_int_equal(event(TRACE_FAULT, 1)->a, ARCH_TRAP_COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_send_without_its_bit_is_a_fault, setup),
        cmocka_unit_test_setup(a_receive_without_its_bit_is_a_fault, setup),
        cmocka_unit_test_setup(a_call_without_one_of_its_bits_is_a_fault, setup),
        cmocka_unit_test_setup(every_other_call_without_its_bit_is_a_fault, setup),
        cmocka_unit_test_setup(an_exit_without_its_bit_is_a_fault, setup),
        cmocka_unit_test_setup(an_unknown_call_is_a_fault_even_with_every_bit, setup),
        cmocka_unit_test_setup(an_unknown_endpoint_is_a_fault_even_with_every_bit, setup),
        cmocka_unit_test_setup(the_mask_survives_the_restart, setup),
        cmocka_unit_test_setup(a_call_without_result_answers_0_and_touches_nothing_else, setup),
        cmocka_unit_test_setup(a_failed_call_answers_its_code_and_touches_nothing_else, setup),
        cmocka_unit_test_setup(one_result_word_is_word_0, setup),
        cmocka_unit_test_setup(a_message_is_four_words, setup),
        cmocka_unit_test_setup(a_size_outside_its_bounds_never_reaches_the_call, setup),
        cmocka_unit_test_setup(calls_are_counted, setup),
        cmocka_unit_test_setup(calls_and_answers_are_traced, setup),
        cmocka_unit_test_setup(what_reaches_the_console_is_traced, setup),
        cmocka_unit_test_setup(a_denied_call_has_no_answer, setup),
        cmocka_unit_test_setup(the_last_of_several_calls_is_reported_as_denied, setup),
        cmocka_unit_test_setup(a_denial_is_traced_without_the_trap_of_a_former_life, setup),
    };

    return cmocka_run_group_tests_name("gate", tests, NULL, NULL);
}
