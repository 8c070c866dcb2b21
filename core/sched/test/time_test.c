/* SPDX-License-Identifier: MIT */
/* Ticks, turns, budgets and epochs, faults and restarts, kills, idleness. */
#include <arch/atomic.h>
#include <arch/irq.h>
#include <arch/smp.h>
#include <arch/timer.h>
#include <diag/counters.h>

#include "../sched_priv.h"
#include "outer.h"

static void say(uint32_t me)
{
    note("%u@%lu ", me, (unsigned long)sched_ticks());
}

static void work_3(uint32_t me)
{
    threads_work(3);
    say(me);
}

TEST(ticks_are_counted)
{
    threads_add(0, 4, work_3);
    run();
    assert_string_equal(notes(), "0@3 ");
}

static void on_tick(uint64_t tick)
{
    note("t%lu%s ", (unsigned long)tick, spin_depth() == 0 ? "" : " locked");
}

static void hook_ticks(void)
{
    sched_set_tick_hook(on_tick);
}

TEST(the_tick_hook_hears_every_tick_without_a_lock)
{
    threads_on_start(hook_ticks);
    threads_add(0, 4, work_3);
    run();
    assert_string_equal(notes(), "t1 t2 t3 0@3 ");
}

TEST(ticks_are_traced)
{
    uint32_t ticks = 0;

    null_trace(true);
    threads_add(0, 4, work_3);
    run();
    for (uint32_t i = 0; i < null_trace_count(); i++)
        if (null_trace_at(i)->kind == TRACE_TICK) {
            assert_int_equal(null_trace_at(i)->a, ++ticks);
            assert_true(null_trace_at(i)->b == 0 && null_trace_at(i)->c == 0 && null_trace_at(i)->d == 0);
        }
    assert_int_equal(ticks, 3);
}

static void say_each_tick(uint32_t me)
{
    for (uint32_t i = 0; i < 3; i++) {
        note("%u ", me);
        threads_work(1);
    }
}

TEST(the_tick_ends_a_turn_among_equals)
{
    threads_add(0, 4, say_each_tick);
    threads_add(1, 4, say_each_tick);
    run();
    assert_string_equal(notes(), "0 1 0 1 0 1 ");
}

TEST(the_tick_does_not_let_lower_threads_run)
{
    threads_add(0, 5, say_each_tick);
    threads_add(1, 4, say_each_tick);
    run();
    assert_string_equal(notes(), "0 0 0 1 1 1 ");
}

static void work_3_deaf(uint32_t me)
{
    threads_work_deaf(3);
    say(me);
    sched_point();
    say(me);
}

TEST(a_turn_ends_at_a_preemption_point_only)
{
    threads_add(0, 4, work_3_deaf);
    threads_add(1, 4, say);
    run();
    assert_string_equal(notes(), "0@3 1@3 0@3 ");
}

static void work_5(uint32_t me)
{
    for (uint32_t i = 0; i < 5; i++) {
        say(me);
        threads_work(1);
    }
}

static void work_4(uint32_t me)
{
    threads_work(4);
    say(me);
}

TEST(a_spent_budget_lets_a_lower_thread_run_until_the_epoch)
{
    threads_add_budget(0, 5, 2, work_5);
    threads_add(1, 4, work_4);
    run();
    assert_string_equal(notes(), "0@0 0@1 1@6 0@100 0@101 0@200 ");
}

TEST(budget_0_is_unlimited)
{
    threads_add_budget(0, 5, 0, work_5);
    threads_add(1, 4, say);
    run();
    assert_string_equal(notes(), "0@0 0@1 0@2 0@3 0@4 1@5 ");
}

static void work_1_and_say(uint32_t me)
{
    threads_work(1);
    say(me);
}

TEST(spent_threads_come_back_in_the_order_in_which_they_ran_out)
{
    threads_add_budget(0, 5, 1, work_1_and_say);
    threads_add_budget(1, 5, 1, work_1_and_say);
    threads_add_budget(2, 5, 1, work_1_and_say);
    run();
    assert_string_equal(notes(), "0@100 1@100 2@100 ");
}

TEST(spent_threads_come_back_by_priority)
{
    threads_add_budget(0, 7, 1, work_1_and_say);
    threads_add_budget(1, 3, 1, work_1_and_say);
    threads_add_budget(2, 5, 1, work_1_and_say);
    run();
    assert_string_equal(notes(), "0@100 2@100 1@100 ");
}

static void sleep_after_spending(uint32_t me)
{
    threads_work_deaf(1);
    spin_lock(&lock);
    (void)!sched_block(&lock);
    say(me);
}

static void wake_0(uint32_t me)
{
    say(me);
    spin_lock(&lock);
    (void)sched_wake(thread_get(0), STATUS_OK);
    spin_unlock(&lock);
    sched_yield_cpu();
    say(me);
}

TEST(a_sleeper_without_budget_is_woken_but_waits_for_the_epoch)
{
    threads_add_budget(0, 7, 1, sleep_after_spending);
    threads_add(1, 4, wake_0);
    run();
    assert_string_equal(notes(), "1@1 1@1 0@100 ");
}

static void raise_spent_thread(uint32_t me)
{
    sched_set_priority(thread_get(0), 7);
    threads_work(2);
    say(me);
}

TEST(a_higher_priority_does_not_replace_a_spent_budget)
{
    threads_add_budget(0, 5, 1, work_1_and_say);
    threads_add(1, 4, raise_spent_thread);
    run();
    assert_string_equal(notes(), "1@3 0@100 ");
}

static void fault_once(uint32_t me)
{
    say(me);
    sched_fault(true);
    say(me);
}

TEST(a_faulted_thread_is_restarted_after_100_ticks)
{
    threads_add(0, 4, fault_once);
    run();
    assert_string_equal(notes(), "0@0 0@100 ");
}

static void fault_at_3(uint32_t me)
{
    threads_work(3);
    sched_fault(true);
    say(me);
}

TEST(the_delay_counts_from_the_fault)
{
    threads_add(0, 4, fault_at_3);
    run();
    assert_string_equal(notes(), "0@103 ");
}

static void fault_for_good(uint32_t me)
{
    say(me);
    sched_fault(false);
    note("never");
}

TEST(a_fault_without_restart_is_for_ever)
{
    threads_add(0, 4, fault_for_good);
    threads_add(1, 3, work_3);
    run();
    assert_string_equal(notes(), "0@0 1@3 ");
    assert_int_equal(thread_get(0)->state, THREAD_FAULTED);
}

static void fault_raised_killed_and_spent(uint32_t me)
{
    sched_set_priority(thread_current(), 7);
    sched_kill(thread_current());
    threads_work_deaf(1);
    sched_fault(true);
    note("%u prio=%u used=%u kill=%u", me, thread_current()->prio, thread_current()->used, thread_current()->kill);
}

TEST(a_restart_resets_priority_budget_and_kill)
{
    threads_add_budget(0, 4, 50, fault_raised_killed_and_spent);
    run();
    assert_string_equal(notes(), "0 prio=4 used=0 kill=0");
}

/* Whatever is charged to a thread while it is down. */
static void charge_thread_0(uint64_t tick)
{
    if (tick == 102)
        thread_get(0)->used = 5;
}

static void hook_charge(void)
{
    sched_set_tick_hook(charge_thread_0);
}

static void fault_at_3_and_say_used(uint32_t me)
{
    threads_work(3);
    sched_fault(true);
    note("%u@%lu used %u", me, (unsigned long)sched_ticks(), thread_current()->used);
}

TEST(a_restart_begins_with_the_whole_budget)
{
    threads_on_start(hook_charge);
    threads_add_budget(0, 4, 5, fault_at_3_and_say_used);
    run();
    assert_string_equal(notes(), "0@103 used 0");
}

TEST(a_fault_is_traced)
{
    uint32_t faulted = 0;

    null_trace(true);
    threads_add(0, 4, fault_once);
    run();
    for (uint32_t i = 0; i < null_trace_count(); i++)
        faulted += null_trace_at(i)->kind == TRACE_STATE && null_trace_at(i)->thread == 0 &&
                   null_trace_at(i)->a == THREAD_FAULTED &&
                   (null_trace_at(i)->b | null_trace_at(i)->c | null_trace_at(i)->d) == 0;
    assert_int_equal(faulted, 1);
}

TEST(ticks_and_reschedules_count_as_interrupts)
{
    sched_init();
    sched_tick(NULL);
    sched_reschedule(NULL);
    assert_int_equal(counters_get()->interrupts, 2);
    sched_reschedule(NULL);
    assert_int_equal(counters_get()->interrupts, 3);
}

TEST(several_restarts_come_in_the_order_of_the_faults)
{
    threads_add(0, 3, fault_once);
    threads_add(1, 5, fault_at_3);
    threads_add(2, 5, fault_once);
    run();
    assert_string_equal(notes(), "2@1 0@3 2@101 1@103 0@103 ");
}

static void wake_faulted(uint32_t me)
{
    spin_lock(&lock);
    note("%u:%d ", me, sched_wake(thread_get(0), STATUS_OK));
    spin_unlock(&lock);
}

TEST(a_faulted_thread_cannot_be_woken)
{
    threads_add(0, 5, fault_once);
    threads_add(1, 4, wake_faulted);
    run();
    assert_string_equal(notes(), "0@0 1:0 0@100 ");
}

TEST(an_exited_thread_stays_exited)
{
    threads_add(0, 5, say);
    threads_add(1, 4, fault_once); /* time passes */
    run();
    assert_string_equal(notes(), "0@0 1@0 1@100 ");
    assert_int_equal(thread_get(0)->state, THREAD_EXITED);
}

static void start_near_the_wrap(void)
{
    sched_state()->tick = ~0ull - 4;
}

TEST(a_restart_works_across_the_wrap_of_the_tick_count)
{
    threads_on_start(start_near_the_wrap);
    threads_add(0, 4, fault_once);
    run();
    assert_string_equal(notes(), "0@18446744073709551611 0@95 ");
}

static void idle_questions(uint32_t me)
{
    (void)me;
    note("%d ", sched_is_idle());
}

TEST(a_machine_with_a_running_thread_is_not_idle)
{
    threads_add(0, 4, idle_questions);
    run();
    assert_string_equal(notes(), "0 ");
    assert_true(sched_is_idle());
}

TEST(idle_threads_are_not_charged)
{
    threads_add(0, 4, fault_once);
    run();
    assert_int_equal(sched_ticks(), 100);
    assert_int_equal(sched_state()->idle[0].used, 0);
}

TEST(pending_restarts_and_spent_threads_are_not_idleness)
{
    sched_init();
    assert_true(sched_is_idle());
    waitq_push(sched_state()->links, &sched_state()->restarting, 1);
    assert_false(sched_is_idle());
    waitq_remove(sched_state()->links, &sched_state()->restarting, 1);
    waitq_push(sched_state()->links, &sched_state()->exhausted, 1);
    assert_false(sched_is_idle());
    waitq_remove(sched_state()->links, &sched_state()->exhausted, 1);
    assert_true(sched_is_idle());
}

static void yield_without_budget(uint32_t me)
{
    thread_get(me)->used = 3;
    sched_yield_cpu();
    say(me);
}

TEST(yielding_without_budget_waits_for_the_epoch_even_alone)
{
    threads_add_budget(0, 4, 3, yield_without_budget);
    run();
    assert_string_equal(notes(), "0@100 ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(ticks_are_counted, setup),
        cmocka_unit_test_setup(the_tick_hook_hears_every_tick_without_a_lock, setup),
        cmocka_unit_test_setup(ticks_are_traced, setup),
        cmocka_unit_test_setup(the_tick_ends_a_turn_among_equals, setup),
        cmocka_unit_test_setup(the_tick_does_not_let_lower_threads_run, setup),
        cmocka_unit_test_setup(a_turn_ends_at_a_preemption_point_only, setup),
        cmocka_unit_test_setup(a_spent_budget_lets_a_lower_thread_run_until_the_epoch, setup),
        cmocka_unit_test_setup(budget_0_is_unlimited, setup),
        cmocka_unit_test_setup(spent_threads_come_back_in_the_order_in_which_they_ran_out, setup),
        cmocka_unit_test_setup(spent_threads_come_back_by_priority, setup),
        cmocka_unit_test_setup(a_sleeper_without_budget_is_woken_but_waits_for_the_epoch, setup),
        cmocka_unit_test_setup(a_higher_priority_does_not_replace_a_spent_budget, setup),
        cmocka_unit_test_setup(a_faulted_thread_is_restarted_after_100_ticks, setup),
        cmocka_unit_test_setup(the_delay_counts_from_the_fault, setup),
        cmocka_unit_test_setup(a_fault_without_restart_is_for_ever, setup),
        cmocka_unit_test_setup(a_restart_resets_priority_budget_and_kill, setup),
        cmocka_unit_test_setup(a_restart_begins_with_the_whole_budget, setup),
        cmocka_unit_test_setup(a_fault_is_traced, setup),
        cmocka_unit_test_setup(ticks_and_reschedules_count_as_interrupts, setup),
        cmocka_unit_test_setup(several_restarts_come_in_the_order_of_the_faults, setup),
        cmocka_unit_test_setup(a_faulted_thread_cannot_be_woken, setup),
        cmocka_unit_test_setup(an_exited_thread_stays_exited, setup),
        cmocka_unit_test_setup(a_restart_works_across_the_wrap_of_the_tick_count, setup),
        cmocka_unit_test_setup(a_machine_with_a_running_thread_is_not_idle, setup),
        cmocka_unit_test_setup(idle_threads_are_not_charged, setup),
        cmocka_unit_test_setup(pending_restarts_and_spent_threads_are_not_idleness, setup),
        cmocka_unit_test_setup(yielding_without_budget_waits_for_the_epoch_even_alone, setup),
    };

    return cmocka_run_group_tests_name("time", tests, NULL, NULL);
}
