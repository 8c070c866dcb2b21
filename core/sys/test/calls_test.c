/* SPDX-License-Identifier: MIT */
/* The fourteen calls from a program's point of view, through the whole kernel, with every invariant checked at each exit. */
#include <support/calls.h>
#include <support/kernel.h>
#include <support/notes.h>
#include <support/unit.h>

#include <stdio.h>
#include <string.h>

#include <abi/layout.h>
#include <arch/irq.h>
#include <arch/memory.h>
#include <diag/console.h>
#include <sched/sched.h>
#include <task/task.h>

#define GRANT(id) (LAYOUT_GRANT_BASE + (id) * LAYOUT_GRANT_STRIDE)

static uint32_t life;

static int setup(void **state)
{
    (void)state;
    life = 0;
    notes_clear();
    kernel_new(NULL);
    kernel_cmdline("check=invariants");
    return 0;
}

static void run(void)
{
    struct null_end end = kernel_boot();

    assert_string_equal(end.message, "");
    assert_int_equal(end.kind, NULL_OFF);
    assert_int_equal(end.why, ARCH_OFF_DONE);
}

static void say_status(struct null_result r)
{
    note("%s ", status_name(r.status));
}

static void exit_0(struct arch_user *u)
{
    u_exit(u, 0);
}

static void yield_thrice(struct arch_user *u)
{
    for (uint32_t i = 0; i < 3; i++) {
        note("%c", u == &task_get(0)->thread->user ? 'a' : 'b');
        (void)u_yield(u);
    }
    u_exit(u, 0);
}

TEST(yield_lets_an_equal_task_run)
{
    kernel_task(0, "caps=all", yield_thrice);
    kernel_task(1, "caps=all", yield_thrice);
    run();
    assert_string_equal(notes(), "ababab");
}

static void serve_two(struct arch_user *u)
{
    for (uint32_t i = 0; i < 2; i++) {
        struct null_result r = u_recv(u, 1);

        note("got %lu; ", (unsigned long)r.w[0]);
        (void)u_send(u, 1, r.w[0] * 2);
    }
    u_exit(u, 0);
}

static void call_twice(struct arch_user *u)
{
    note("reply %lu; ", (unsigned long)u_call(u, 1, 21).w[0]);
    note("reply %lu; ", (unsigned long)u_call(u, 1, 100).w[3]);
    u_exit(u, 0);
}

TEST(call_and_reply)
{
    kernel_task(0, "caps=all", serve_two);
    kernel_task(1, "caps=all", call_twice);
    run();
    assert_string_equal(notes(), "got 21; reply 42; got 100; reply 203; ");
}

static void write_hello(struct arch_user *u)
{
    null_write(u, image_base(0) + IMAGE_DATA_OFFSET, "hello, world\n", 13);
    struct null_result r = u_write(u, image_base(0) + IMAGE_DATA_OFFSET, 13);
    note("%s %lu%s", status_name(r.status), (unsigned long)r.w[0], console_has("hello, world\n") ? "" : " not yet");
    u_exit(u, 0);
}

TEST(write_returns_when_its_bytes_are_out_and_says_how_many)
{
    kernel_task(0, "caps=all", write_hello);
    run();
    assert_string_equal(notes(), "OK 13");
    assert_true(console_has("\nhello, world\n"));
}

static void write_everywhere(struct arch_user *u)
{
    const vaddr_t stack_top = image_stack(0) + LAYOUT_STACK_SIZE;

    say_status(u_write(u, image_base(0), 8));                       /* own code can be read */
    say_status(u_write(u, stack_top - 8, 8));                       /* own stack */
    say_status(u_write(u, stack_top - 8, 9));                       /* one byte into the guard */
    say_status(u_write(u, image_base(0) + PAGE_SIZE - 4, 8));       /* across two own pages */
    say_status(u_write(u, image_base(0) + 3 * PAGE_SIZE, 1));       /* own slot, but nothing there */
    note("| ");
    say_status(u_write(u, image_base(1), 8));                       /* the peer's program */
    say_status(u_write(u, image_stack(1), 8));                      /* the peer's stack */
    say_status(u_write(u, 0, 8));
    say_status(u_write(u, LAYOUT_USER_BASE - 1, 2));
    say_status(u_write(u, LAYOUT_USER_BASE + LAYOUT_USER_SIZE - 1, 2));
    note("| ");
    say_status(u_write(u, ARCH_RAM_BASE, 8));                       /* physical memory */
    say_status(u_write(u, ARCH_KERNEL_VBASE, 8));
    say_status(u_write(u, (uint64_t)(uintptr_t)task_get(0), 8));    /* a kernel pointer */
    say_status(u_write(u, ~0ull, 256));                             /* wraps */
    u_exit(u, 0);
}

TEST(write_reads_only_what_the_task_itself_may_read)
{
    kernel_task(0, "caps=all", write_everywhere);
    kernel_task(1, "caps=exit", exit_0);
    run();
    assert_string_equal(notes(), "OK OK BAD_ADDRESS OK BAD_ADDRESS "
                                 "| BAD_ADDRESS BAD_ADDRESS BAD_ADDRESS BAD_ADDRESS BAD_ADDRESS "
                                 "| BAD_ADDRESS BAD_ADDRESS BAD_ADDRESS BAD_ADDRESS ");
}

/* Two write into a console that is almost full, while the line stands still. */
static void write_200(struct arch_user *u)
{
    char text[200];

    memset(text, '#', sizeof(text));
    null_write(u, u->sp - 256, text, sizeof(text));
    note("%lu ", (unsigned long)u_write(u, u->sp - 256, sizeof(text)).w[0]);
    u_exit(u, 0);
}

static void hold_the_line(struct arch_user *u)
{
    null_serial_set_busy(true);
    while (console_try_append("0123456789", 10))
        continue;
    null_compute(u, 50000); /* a tick or two for everybody else */
    note("line free; ");
    null_serial_set_busy(false);
    u_exit(u, 0);
}

TEST(write_waits_for_room_and_loses_no_byte)
{
    kernel_task(0, "caps=all", hold_the_line);
    kernel_task(1, "caps=all", write_200);
    kernel_task(2, "caps=all", write_200);
    run();
    assert_string_equal(notes(), "line free; 200 200 ");
    assert_int_equal(console_count("#"), 400);
}

static void hold_the_line_meanwhile(struct arch_user *u)
{
    null_serial_set_busy(true);
    (void)u_yield(u);
    note("line free; ");
    null_serial_set_busy(false);
    u_exit(u, 0);
}

TEST(write_waits_until_its_last_byte_is_out)
{
    kernel_task(0, "caps=all", hold_the_line_meanwhile);
    kernel_task(1, "caps=all", write_200);
    run();
    assert_string_equal(notes(), "line free; 200 ");
}

static void wait_for_two(struct arch_user *u)
{
    note("%lx ", (unsigned long)u_wait_notify(u).w[0]);
    note("%lx ", (unsigned long)u_wait_notify(u).w[0]);
    u_exit(u, 0);
}

static void notify_0(struct arch_user *u)
{
    say_status(u_notify(u, 0, 0x21));
    say_status(u_notify(u, 0, 0x40));
    say_status(u_notify(u, 5, 1));
    u_exit(u, 0);
}

TEST(notify_and_wait)
{
    kernel_task(0, "caps=all priority=5", wait_for_two);
    kernel_task(1, "caps=all", notify_0);
    run();
    assert_string_equal(notes(), "21 OK 40 OK BAD_TARGET ");
}

static void read_grant(struct arch_user *u)
{
    char text[8] = "";

    if (life++ > 0)
        u_exit(u, 0);
    (void)u_recv(u, 0);
    null_read(u, text, GRANT(0), 6);
    note("%s ", text);
    null_write(u, GRANT(0), "back", 5);
    (void)u_send(u, 0, 0);
    (void)u_recv(u, 0);
    null_read(u, text, GRANT(0), 6); /* revoked: this faults */
    note("still readable");
}

static void grant_and_revoke(struct arch_user *u)
{
    char text[8] = "";

    say_status(u_grant_create(u, 0, 0));
    null_write(u, GRANT(0), "there", 6);
    (void)u_call(u, 0, 0);
    null_read(u, text, GRANT(0), 5);
    note("%s ", text);
    say_status(u_grant_revoke(u, 0));
    (void)u_send(u, 0, 0);
    u_exit(u, 0);
}

TEST(a_grant_carries_bytes_both_ways_until_it_is_revoked)
{
    kernel_task(0, "caps=all", read_grant);
    kernel_task(1, "caps=all", grant_and_revoke);
    run();
    assert_string_equal(notes(), "OK there back OK ");
    assert_true(console_has("  address belongs to: the page of grant 0, which nobody holds\n"));
}

static void drive_interrupt(struct arch_user *u)
{
    say_status(u_irq_bind(u, ARCH_VECTOR_UART0, 0x100));
    for (uint64_t i = 1; i <= 3; i++) {
        null_line_at(i * 100000, ARCH_VECTOR_UART0);
        note("%lx ", (unsigned long)u_wait_notify(u).w[0]);
        null_line(ARCH_VECTOR_UART0, false);
        say_status(u_irq_ack(u, ARCH_VECTOR_UART0));
    }
    u_exit(u, 0);
}

TEST(an_interrupt_wakes_its_driver_again_and_again)
{
    kernel_task(0, "caps=all", drive_interrupt);
    run();
    assert_string_equal(notes(), "OK 100 OK 100 OK 100 OK ");
}

static void bind_and_crash(struct arch_user *u)
{
    if (life++ > 0)
        u_exit(u, 0);
    (void)u_irq_bind(u, 40, 1);
    u_crash(u);
}

static void bind_after_crash(struct arch_user *u)
{
    say_status(u_irq_bind(u, 40, 1));
    u_exit(u, 0);
}

TEST(a_fault_releases_interrupts)
{
    kernel_task(0, "caps=all", bind_and_crash);
    kernel_task(1, "caps=all", bind_after_crash);
    run();
    assert_string_equal(notes(), "OK ");
}

static void exit_holding_everything(struct arch_user *u)
{
    (void)u_yield(u);
    (void)u_grant_create(u, 0, 1);
    (void)u_grant_create(u, 3, 1);
    (void)u_irq_bind(u, 40, 1);
    (void)u_device_map(u, 0);
    u_exit(u, 7);
}

static void inherit_everything(struct arch_user *u)
{
    (void)u_yield(u);
    say_status(u_grant_create(u, 0, 2));
    say_status(u_grant_create(u, 3, 2));
    say_status(u_irq_bind(u, 40, 1));
    say_status(u_device_map(u, 0));
    u_exit(u, 0);
}

static void yield_and_exit(struct arch_user *u)
{
    for (uint32_t i = 0; i < 4; i++)
        (void)u_yield(u);
    u_exit(u, 0);
}

TEST(an_exit_releases_everything)
{
    kernel_task(0, "caps=all", exit_holding_everything);
    kernel_task(1, "caps=all", inherit_everything);
    kernel_task(2, "caps=all", yield_and_exit);
    run();
    assert_string_equal(notes(), "OK OK OK OK ");
    assert_true(console_has("[T0] [INFO] [aegis] task 0 exited (code=7)\n"));
}

static void call_exiting_server(struct arch_user *u)
{
    say_status(u_call(u, 0, 1));
    u_exit(u, 0);
}

static void take_and_exit(struct arch_user *u)
{
    (void)u_recv(u, 0);
    u_exit(u, 0);
}

static void take_and_crash(struct arch_user *u)
{
    if (life++ > 0)
        u_exit(u, 0);
    (void)u_recv(u, 0);
    u_crash(u);
}

TEST(a_caller_hears_of_its_server_s_exit)
{
    kernel_task(0, "caps=all", take_and_exit);
    kernel_task(1, "caps=all", call_exiting_server);
    run();
    assert_string_equal(notes(), "PEER_CLOSED ");
}

TEST(a_caller_hears_of_its_server_s_fault)
{
    kernel_task(0, "caps=all", take_and_crash);
    kernel_task(1, "caps=all", call_exiting_server);
    run();
    assert_string_equal(notes(), "PEER_CLOSED ");
}

static void heartbeat_values(struct arch_user *u)
{
    say_status(u_heartbeat(u, 50));
    note("%lu ", (unsigned long)task_get(0)->heartbeat);
    say_status(u_heartbeat(u, ~0ull));
    null_compute(u, 1000000);
    say_status(u_heartbeat(u, 0));
    note("%lu ", (unsigned long)task_get(0)->heartbeat);
    u_exit(u, 0);
}

TEST(heartbeat_sets_the_interval)
{
    kernel_task(0, "caps=all", heartbeat_values);
    run();
    assert_string_equal(notes(), "OK 50 OK OK 0 ");
}

static void low_server(struct arch_user *u)
{
    (void)u_recv(u, 0);
    note("serving at %u; ", task_get(0)->thread->prio);
    null_compute(u, 30000); /* the middle task could run now, if the loan were missing */
    note("replying; ");
    (void)u_send(u, 0, 0);
    note("back at %u; ", task_get(0)->thread->prio);
    u_exit(u, 0);
}

static void high_client(struct arch_user *u)
{
    (void)u_call(u, 0, 0);
    note("answered; ");
    u_exit(u, 0);
}

/* Becomes ready in the middle of the service, by an interrupt. */
static void middle_hog(struct arch_user *u)
{
    (void)u_irq_bind(u, 40, 1);
    null_line_at(15000, 40);
    (void)u_wait_notify(u);
    null_line(40, false);
    note("hogging; ");
    u_exit(u, 0);
}

TEST(a_middle_task_does_not_delay_a_high_one_through_a_low_server)
{
    kernel_task(0, "caps=all priority=2", low_server);
    kernel_task(1, "caps=all priority=6", high_client);
    kernel_task(2, "caps=all priority=4", middle_hog);
    run();
    assert_string_equal(notes(), "serving at 6; replying; answered; hogging; back at 2; ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(yield_lets_an_equal_task_run, setup),
        cmocka_unit_test_setup(call_and_reply, setup),
        cmocka_unit_test_setup(write_returns_when_its_bytes_are_out_and_says_how_many, setup),
        cmocka_unit_test_setup(write_reads_only_what_the_task_itself_may_read, setup),
        cmocka_unit_test_setup(write_waits_for_room_and_loses_no_byte, setup),
        cmocka_unit_test_setup(write_waits_until_its_last_byte_is_out, setup),
        cmocka_unit_test_setup(notify_and_wait, setup),
        cmocka_unit_test_setup(a_grant_carries_bytes_both_ways_until_it_is_revoked, setup),
        cmocka_unit_test_setup(an_interrupt_wakes_its_driver_again_and_again, setup),
        cmocka_unit_test_setup(a_fault_releases_interrupts, setup),
        cmocka_unit_test_setup(an_exit_releases_everything, setup),
        cmocka_unit_test_setup(a_caller_hears_of_its_server_s_exit, setup),
        cmocka_unit_test_setup(a_caller_hears_of_its_server_s_fault, setup),
        cmocka_unit_test_setup(heartbeat_sets_the_interval, setup),
        cmocka_unit_test_setup(a_middle_task_does_not_delay_a_high_one_through_a_low_server, setup),
    };

    return cmocka_run_group_tests_name("calls", tests, NULL, NULL);
}
