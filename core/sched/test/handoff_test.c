/* SPDX-License-Identifier: MIT */
/* Waking one thread and sleeping in one step: the same order of events as two steps, without a detour by the queue. */
#include <abi/status.h>

#include "../sched_priv.h"
#include "outer.h"

static void say(uint32_t me)
{
    note("%u ", me);
}

static void wake_0(uint32_t me)
{
    note("%u:wakes ", me);
    spin_lock(&lock);
    (void)sched_wake(thread_get(0), 5);
    spin_unlock(&lock);
}

/* Sleeps until thread 0 hands over, then wakes it. */
static void sleep_then_wake_0(uint32_t me)
{
    spin_lock(&lock);
    status_t status = sched_block(&lock);
    note("%u:%d ", me, status);
    wake_0(me);
}

static void hand_over_to_1(uint32_t me)
{
    spin_lock(&lock);
    status_t status = sched_wake_and_block(thread_get(1), 3, &lock);
    assert_int_equal(spin_depth(), 0);
    note("%u:%d ", me, status);
}

TEST(the_woken_thread_runs_and_the_waker_sleeps)
{
    threads_add(1, 4, sleep_then_wake_0);
    threads_add(0, 4, hand_over_to_1);
    run();
    assert_string_equal(notes(), "1:3 1:wakes 0:5 ");
}

TEST(an_equal_that_was_ready_before_comes_first)
{
    threads_add(1, 4, sleep_then_wake_0);
    threads_add(0, 4, hand_over_to_1);
    threads_add(2, 4, say);
    run();
    assert_string_equal(notes(), "2 1:3 1:wakes 0:5 ");
}

static void raise_2_and_hand_over(uint32_t me)
{
    sched_set_priority(thread_get(2), 6);
    hand_over_to_1(me);
}

TEST(a_higher_ready_thread_comes_first)
{
    threads_add(1, 5, sleep_then_wake_0);
    threads_add(0, 4, raise_2_and_hand_over);
    threads_add(2, 4, say);
    run();
    assert_string_equal(notes(), "2 1:3 1:wakes 0:5 ");
}

TEST(a_lower_ready_thread_waits)
{
    threads_add(1, 5, sleep_then_wake_0);
    threads_add(0, 4, hand_over_to_1);
    threads_add(2, 3, say);
    run();
    assert_string_equal(notes(), "1:3 1:wakes 0:5 2 ");
}

static void hand_over_though_killed(uint32_t me)
{
    sched_kill(thread_get(me));
    hand_over_to_1(me);
}

TEST(a_killed_thread_wakes_the_other_and_does_not_sleep)
{
    threads_add(1, 4, sleep_then_wake_0);
    threads_add(0, 4, hand_over_though_killed);
    run();
    assert_string_equal(notes(), "0:-32 1:3 1:wakes ");
}

static void hand_over_to_nobody(uint32_t me)
{
    spin_lock(&lock);
    status_t status = sched_wake_and_block(thread_get(2), 3, &lock); /* ready, not blocked */
    note("%u:%d ", me, status);
}

static void say_and_wake_0(uint32_t me)
{
    say(me);
    wake_0(me);
}

TEST(a_thread_that_does_not_sleep_is_not_woken)
{
    threads_add(0, 4, hand_over_to_nobody);
    threads_add(2, 4, say_and_wake_0);
    run();
    assert_string_equal(notes(), "2 2:wakes 0:5 ");
}

static void spend_the_budget_of_1(uint32_t me)
{
    thread_get(1)->used = thread_get(1)->budget;
    hand_over_to_1(me);
    assert_true(sched_ticks() >= SCHED_EPOCH);
}

TEST(a_thread_without_budget_waits_for_the_epoch)
{
    threads_add_budget(1, 5, 3, sleep_then_wake_0);
    threads_add(0, 4, spend_the_budget_of_1);
    run();
    assert_string_equal(notes(), "1:3 1:wakes 0:5 ");
}

/* Off at once when woken: everything else would notice the lock that is held. */
static void sleep_then_switch_off(uint32_t me)
{
    (void)me;
    spin_lock(&lock);
    (void)!sched_block(&lock);
    arch_power_off(ARCH_OFF_DONE, 0);
}

static struct spinlock first = SPINLOCK_INIT("first", 5);

static void hand_over_with_two_locks(uint32_t me)
{
    (void)me;
    first = (struct spinlock)SPINLOCK_INIT("first", 5);
    spin_lock(&first);
    spin_lock(&lock);
    (void)!sched_wake_and_block(thread_get(1), 3, &lock);
    spin_unlock(&first);
}

TEST(handing_over_with_another_lock_panics)
{
    threads_add(1, 4, sleep_then_switch_off);
    threads_add(0, 4, hand_over_with_two_locks);
    assert_run_panics("lock held across sleep: first (rank 5)");
}

TEST(a_hand_over_is_traced)
{
    uint32_t blocked = 0;

    threads_add(1, 4, sleep_then_wake_0);
    threads_add(0, 4, hand_over_to_1);
    null_trace(true);
    run();
    for (uint32_t i = 0; i < null_trace_count(); i++) {
        const struct trace_event *e = null_trace_at(i);

        blocked += e->kind == TRACE_STATE && e->thread == 0 && e->a == THREAD_BLOCKED;
        assert_false(e->kind == TRACE_STATE && (e->b | e->c | e->d) != 0);
    }
    assert_int_equal(blocked, 1);
}

static void hand_over_without_lock(void *arg)
{
    (void)arg;
    (void)!sched_wake_and_block(thread_get(1), 3, &lock);
}

TEST(handing_over_without_the_lock_panics)
{
    assert_panics(hand_over_without_lock, NULL, "sleep without lock outer");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_woken_thread_runs_and_the_waker_sleeps, setup),
        cmocka_unit_test_setup(an_equal_that_was_ready_before_comes_first, setup),
        cmocka_unit_test_setup(a_higher_ready_thread_comes_first, setup),
        cmocka_unit_test_setup(a_lower_ready_thread_waits, setup),
        cmocka_unit_test_setup(a_killed_thread_wakes_the_other_and_does_not_sleep, setup),
        cmocka_unit_test_setup(a_thread_that_does_not_sleep_is_not_woken, setup),
        cmocka_unit_test_setup(a_thread_without_budget_waits_for_the_epoch, setup),
        cmocka_unit_test_setup(handing_over_with_another_lock_panics, setup),
        cmocka_unit_test_setup(a_hand_over_is_traced, setup),
        cmocka_unit_test_setup(handing_over_without_the_lock_panics, setup),
    };

    return cmocka_run_group_tests_name("handoff", tests, NULL, NULL);
}
