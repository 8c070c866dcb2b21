/* SPDX-License-Identifier: MIT */
/* Tasks that make no progress: the watchdog, and the deadlock report. */
#include <support/calls.h>
#include <support/kernel.h>
#include <support/notes.h>
#include <support/unit.h>

#include <string.h>

#include <abi/layout.h>
#include <diag/counters.h>
#include <ipc/ipc.h>
#include <sched/sched.h>
#include <task/task.h>

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
    assert_int_equal(end.why, ARCH_OFF_DONE);
}

static unsigned long now(void)
{
    return (unsigned long)sched_ticks();
}

static void compute_100(struct arch_user *u)
{
    note("%u@%lu ", life++, now());
    null_compute(u, 1000000);
    note("done@%lu ", now());
    u_exit(u, 0);
}

TEST(without_a_heartbeat_nobody_is_watched)
{
    kernel_task(0, "caps=all", compute_100);
    run();
    assert_string_equal(notes(), "0@0 done@100 ");
}

static void beat_once_then_compute(struct arch_user *u)
{
    if (life > 0) {
        note("again@%lu ", now());
        u_exit(u, 0);
    }
    life++;
    note("%d ", u_heartbeat(u, 20).status);
    null_compute(u, 10000000);
    note("unreachable ");
}

/* Beat at tick 0, interval 20: not yet overdue at 20, found at the scan of tick 30, restarted 100 ticks later. */
TEST(a_missed_heartbeat_is_a_fault)
{
    kernel_task(0, "caps=all", beat_once_then_compute);
    run();
    assert_string_equal(notes(), "0 again@130 ");
    assert_true(console_has("[TICK:0000001E] [T0] [ERROR] [aegis] FAULT task 0 (t0) at pc "));
    assert_true(console_has("  cause: no heartbeat for more than 20 ticks\n"));
    assert_int_equal(console_count("  cause: "), 1);
    assert_int_equal(counters_get()->faults, 1);
}

static void beat_in_time(struct arch_user *u)
{
    for (uint32_t i = 0; i < 10; i++) {
        (void)u_heartbeat(u, 20);
        null_compute(u, 190000);
    }
    note("alive@%lu ", now());
    u_exit(u, 0);
}

TEST(a_task_that_beats_in_time_is_left_alone)
{
    kernel_task(0, "caps=all", beat_in_time);
    run();
    assert_string_equal(notes(), "alive@190 ");
}

static void beat_then_stop(struct arch_user *u)
{
    (void)u_heartbeat(u, 20);
    (void)u_heartbeat(u, 0);
    compute_100(u);
}

TEST(interval_0_switches_the_watchdog_off)
{
    kernel_task(0, "caps=all", beat_then_stop);
    run();
    assert_string_equal(notes(), "0@0 done@100 ");
}

static void just_compute_twice(struct arch_user *u)
{
    note("%u@%lu ", life, now());
    if (life++ == 2)
        u_exit(u, 0);
    null_compute(u, 10000000);
}

TEST(the_manifest_s_interval_counts_from_the_start)
{
    kernel_task(0, "caps=all heartbeat=15", just_compute_twice);
    run();
    assert_string_equal(notes(), "0@0 1@120 2@240 ");
}

static void beat_in_first_life_only(struct arch_user *u)
{
    note("%u@%lu ", life, now());
    if (life++ == 0)
        (void)u_heartbeat(u, 20);
    if (life == 4)
        u_exit(u, 0);
    null_compute(u, 10000000);
}

TEST(the_watchdog_survives_the_restart)
{
    kernel_task(0, "caps=all", beat_in_first_life_only);
    run();
    assert_string_equal(notes(), "0@0 1@130 2@260 3@390 ");
}

/* Blocked in each of the waits; the second life says so. */
static void wait_in_recv(struct arch_user *u)
{
    if (life++ > 0)
        u_exit(u, 0);
    (void)u_heartbeat(u, 10);
    (void)u_recv(u, 0);
    note("unreachable ");
}

static void wait_in_send(struct arch_user *u)
{
    if (life++ > 0)
        u_exit(u, 0);
    (void)u_heartbeat(u, 10);
    (void)u_send(u, 0, 1);
    note("unreachable ");
}

static void wait_in_call(struct arch_user *u)
{
    if (life++ > 0)
        u_exit(u, 0);
    (void)u_heartbeat(u, 10);
    (void)u_call(u, 0, 1);
    note("unreachable ");
}

static void wait_in_notify(struct arch_user *u)
{
    if (life++ > 0)
        u_exit(u, 0);
    (void)u_heartbeat(u, 10);
    (void)u_wait_notify(u);
    note("unreachable ");
}

static void late_exit(struct arch_user *u)
{
    null_compute(u, 3000000);
    u_exit(u, 0);
}

static void assert_watched_in_wait(void (*program)(struct arch_user *u))
{
    setup(NULL);
    kernel_task(0, "caps=all", program);
    kernel_task(1, "caps=all", late_exit); /* can receive, so that senders wait */
    run();
    assert_int_equal(life, 2);
    assert_string_equal(notes(), "");
    assert_int_equal(counters_get()->faults, 1);
    assert_int_equal(counters_get()->restarts, 1);
}

TEST(a_task_that_waits_is_watched_too)
{
    assert_watched_in_wait(wait_in_recv);
    assert_watched_in_wait(wait_in_send);
    assert_watched_in_wait(wait_in_call);
    assert_watched_in_wait(wait_in_notify);
}

static void hold_everything_and_hang(struct arch_user *u)
{
    if (life++ > 0)
        u_exit(u, 0);
    (void)u_yield(u); /* let the peer start */
    (void)u_grant_create(u, 1, 1);
    (void)u_irq_bind(u, 40, 1);
    (void)u_device_map(u, 0);
    (void)u_heartbeat(u, 10);
    (void)u_recv(u, 2);
}

static void take_over(struct arch_user *u)
{
    (void)u_yield(u);
    note("%s ", status_name(u_grant_create(u, 1, 0).status));
    null_compute(u, 400000); /* the other one has been faulted by now */
    note("%s ", arch_walk(null_space(), LAYOUT_GRANT_BASE + LAYOUT_GRANT_STRIDE, NULL, NULL) == STATUS_OK ? "maps" : "gone");
    note("%s ", status_name(u_irq_bind(u, 40, 1).status));
    note("%s ", status_name(u_device_map(u, 0).status));
    u_exit(u, 0);
}

TEST(the_watchdog_cleans_up_as_any_other_fault)
{
    kernel_task(0, "caps=all", hold_everything_and_hang);
    kernel_task(1, "caps=all", take_over);
    run();
    assert_string_equal(notes(), "GRANT_ACTIVE gone OK OK ");
}

static void beat_and_exit(struct arch_user *u)
{
    (void)u_heartbeat(u, 10);
    u_exit(u, 0);
}

TEST(an_exited_task_is_not_watched)
{
    kernel_task(0, "caps=all", beat_and_exit);
    kernel_task(1, "caps=all", late_exit);
    run();
    assert_int_equal(counters_get()->faults, 0);
}

static void beat_and_crash(struct arch_user *u)
{
    note("%u@%lu ", life, now());
    if (life++ > 0)
        u_exit(u, 0);
    (void)u_heartbeat(u, 10);
    u_crash(u);
}

TEST(a_faulted_task_is_not_watched_while_it_waits_for_its_restart)
{
    kernel_task(0, "caps=all", beat_and_crash);
    run();
    assert_string_equal(notes(), "0@0 1@100 ");
    assert_int_equal(counters_get()->faults, 1);
}

TEST(the_watchdog_looks_every_ten_ticks)
{
    kernel_task(0, "caps=all", late_exit);
    kernel_prepare();
    (void)kernel_continue();
    struct task *t = task_get(0);
    t->alive = true;
    t->heartbeat = 1;
    t->last_beat = 0;
    task_watchdog(9);
    assert_int_equal(t->expired, 0);
    task_watchdog(10);
    assert_int_equal(t->expired, 1);
}

TEST(a_task_is_asked_to_fault_once)
{
    kernel_task(0, "caps=all", late_exit);
    (void)kernel_boot();
    struct task *t = task_get(0);
    t->alive = true;
    t->heartbeat = 1;
    t->last_beat = 0;
    task_watchdog(10);
    t->thread->kill = 0;
    task_watchdog(20);
    assert_int_equal(t->thread->kill, 0);
}

TEST(a_beat_near_the_wrap_of_time_is_no_miss)
{
    kernel_task(0, "caps=all", late_exit);
    (void)kernel_boot();
    struct task *t = task_get(0);
    t->alive = true;
    t->heartbeat = 100;
    t->last_beat = ~0ull - 20;
    task_watchdog(70);
    assert_int_equal(t->expired, 0);
    task_watchdog(90);
    assert_int_equal(t->expired, 1);
}

/* Deadlocks. */

static void wait_for_ever(struct arch_user *u)
{
    (void)u_wait_notify(u);
}

static void call_for_ever(struct arch_user *u)
{
    (void)u_call(u, 1, 5);
}

static void serve_nobody(struct arch_user *u)
{
    (void)u_recv(u, 2);
}

static void exit_0(struct arch_user *u)
{
    u_exit(u, 0);
}

TEST(a_deadlock_is_named_and_ends_the_machine)
{
    kernel_task(0, "caps=all", wait_for_ever);
    kernel_task(1, "caps=all", call_for_ever);
    kernel_task(2, "caps=all", serve_nobody);
    kernel_task(3, "caps=all", exit_0);
    struct null_end end = kernel_boot();
    assert_int_equal(end.kind, NULL_OFF);
    assert_int_equal(end.why, ARCH_OFF_DEADLOCK);
    assert_true(console_has("[ERROR] [aegis] deadlock: no task can run, and nothing will ever wake one\n"
                            "  task 0 (t0) waits: notify\n"
                            "  task 1 (t1) waits: call ep1\n"
                            "  task 2 (t2) waits: recv ep2\n"));
    assert_int_equal(console_count(") waits: "), 3);
    assert_true(console_has("[aegis] summary: "));
}

static void stay_stuck(void (*program)(struct arch_user *u), const char *attributes, const struct null_config *config)
{
    kernel_new(config);
    kernel_task(0, attributes, program);
    assert_int_equal(kernel_boot().kind, NULL_STOPPED);
    assert_false(console_has("deadlock"));
}

TEST(a_machine_with_input_attached_waits_on)
{
    stay_stuck(wait_for_ever, "caps=all", &(struct null_config){.input_attached = true, .stop_at = 5000000});
}

TEST(a_watched_task_that_waits_is_no_deadlock)
{
    stay_stuck(wait_for_ever, "caps=all heartbeat=300", &(struct null_config){.stop_at = 2500000});
}

static void bind_and_wait(struct arch_user *u)
{
    (void)u_irq_bind(u, 40, 4);
    null_line_at(3005000, 40);
    unsigned long bits = u_wait_notify(u).w[0];
    note("%lu@%lu ", bits, now());
    null_line(40, false);
    u_exit(u, 0);
}

TEST(an_event_to_come_is_no_deadlock)
{
    kernel_task(0, "caps=all", bind_and_wait);
    run();
    assert_string_equal(notes(), "4@300 ");
}

static void crash_once_then_notify(struct arch_user *u)
{
    if (life++ == 0)
        u_crash(u);
    (void)u_notify(u, 0, 8);
    u_exit(u, 0);
}

static void wait_and_exit(struct arch_user *u)
{
    unsigned long bits = u_wait_notify(u).w[0];
    note("%lu@%lu ", bits, now());
    u_exit(u, 0);
}

TEST(a_restart_to_come_is_no_deadlock)
{
    kernel_task(0, "caps=all", wait_and_exit);
    kernel_task(1, "caps=all", crash_once_then_notify);
    run();
    assert_string_equal(notes(), "8@100 ");
}

static void spend_and_notify(struct arch_user *u)
{
    null_compute(u, 30000);
    (void)u_notify(u, 0, 8);
    u_exit(u, 0);
}

TEST(a_spent_budget_is_no_deadlock)
{
    kernel_task(0, "caps=all", wait_and_exit);
    kernel_task(1, "caps=all budget=1", spend_and_notify);
    run();
    assert_string_equal(notes(), "8@300 ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(without_a_heartbeat_nobody_is_watched, setup),
        cmocka_unit_test_setup(a_missed_heartbeat_is_a_fault, setup),
        cmocka_unit_test_setup(a_task_that_beats_in_time_is_left_alone, setup),
        cmocka_unit_test_setup(interval_0_switches_the_watchdog_off, setup),
        cmocka_unit_test_setup(the_manifest_s_interval_counts_from_the_start, setup),
        cmocka_unit_test_setup(the_watchdog_survives_the_restart, setup),
        cmocka_unit_test_setup(a_task_that_waits_is_watched_too, setup),
        cmocka_unit_test_setup(the_watchdog_cleans_up_as_any_other_fault, setup),
        cmocka_unit_test_setup(an_exited_task_is_not_watched, setup),
        cmocka_unit_test_setup(a_faulted_task_is_not_watched_while_it_waits_for_its_restart, setup),
        cmocka_unit_test_setup(the_watchdog_looks_every_ten_ticks, setup),
        cmocka_unit_test_setup(a_task_is_asked_to_fault_once, setup),
        cmocka_unit_test_setup(a_beat_near_the_wrap_of_time_is_no_miss, setup),
        cmocka_unit_test_setup(a_deadlock_is_named_and_ends_the_machine, setup),
        cmocka_unit_test_setup(a_machine_with_input_attached_waits_on, setup),
        cmocka_unit_test_setup(a_watched_task_that_waits_is_no_deadlock, setup),
        cmocka_unit_test_setup(an_event_to_come_is_no_deadlock, setup),
        cmocka_unit_test_setup(a_restart_to_come_is_no_deadlock, setup),
        cmocka_unit_test_setup(a_spent_budget_is_no_deadlock, setup),
    };

    return cmocka_run_group_tests_name("watch", tests, NULL, NULL);
}
