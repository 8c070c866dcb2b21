/* SPDX-License-Identifier: MIT */
/* Sleeping, halting, yielding and ending where that would take a lock along: a panic that names the lock. */
#include "outer.h"

static void block_without_lock(uint32_t me)
{
    (void)me;
    (void)!sched_block(&lock);
}

TEST(sleeping_without_the_outer_lock_panics)
{
    threads_add(0, 4, block_without_lock);
    assert_run_panics("sleep without lock outer");
}

static void point_with_lock(uint32_t me)
{
    (void)me;
    spin_lock(&lock);
    sched_point();
    spin_unlock(&lock); /* not reached, though nobody asked for another pick */
}

TEST(a_preemption_point_under_a_lock_panics)
{
    threads_add(0, 4, point_with_lock);
    assert_run_panics("lock held across sleep: outer (rank 20)");
}

static void yield_with_lock(uint32_t me)
{
    (void)me;
    spin_lock(&lock);
    sched_yield_cpu();
    spin_unlock(&lock);
}

static struct spinlock first = SPINLOCK_INIT("first", 5);

static void sleep_with_two_locks(uint32_t me)
{
    (void)me;
    first = (struct spinlock)SPINLOCK_INIT("first", 5);
    spin_lock(&first);
    spin_lock(&lock);
    (void)!sched_block(&lock);
}

TEST(sleeping_with_another_lock_names_it)
{
    threads_add(0, 4, sleep_with_two_locks);
    assert_run_panics("lock held across sleep: first (rank 5)");
}

static void sleep_with_a_later_lock(uint32_t me)
{
    (void)me;
    first = (struct spinlock)SPINLOCK_INIT("first", 5);
    spin_lock(&first);
    spin_lock(&lock);
    (void)!sched_block(&first);
}

TEST(sleeping_with_a_lock_taken_later_names_it)
{
    threads_add(0, 4, sleep_with_a_later_lock);
    assert_run_panics("lock held across sleep: outer (rank 20)");
}

static void exit_with_lock(uint32_t me)
{
    (void)me;
    spin_lock(&lock);
}

TEST(a_thread_that_exits_under_a_lock_panics)
{
    threads_add(0, 4, exit_with_lock);
    assert_run_panics("lock held across sleep: outer (rank 20)");
}

static void fault_with_lock(uint32_t me)
{
    (void)me;
    spin_lock(&lock);
    sched_fault(true);
}

TEST(a_thread_that_faults_under_a_lock_panics)
{
    threads_add(0, 4, fault_with_lock);
    assert_run_panics("lock held across sleep: outer (rank 20)");
}

static void keep_the_lock(void)
{
    sched_set_idle_hook(NULL); /* which would switch off before the halt */
    spin_lock(&lock);
}

TEST(an_idle_cpu_that_halts_under_a_lock_panics)
{
    threads_on_start(keep_the_lock);
    assert_run_panics("lock held across halt: outer (rank 20)");
}

TEST(yielding_under_a_lock_panics)
{
    threads_add(0, 4, yield_with_lock);
    assert_run_panics("lock held across sleep: outer (rank 20)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(sleeping_without_the_outer_lock_panics, setup),
        cmocka_unit_test_setup(a_preemption_point_under_a_lock_panics, setup),
        cmocka_unit_test_setup(sleeping_with_another_lock_names_it, setup),
        cmocka_unit_test_setup(sleeping_with_a_lock_taken_later_names_it, setup),
        cmocka_unit_test_setup(a_thread_that_exits_under_a_lock_panics, setup),
        cmocka_unit_test_setup(a_thread_that_faults_under_a_lock_panics, setup),
        cmocka_unit_test_setup(an_idle_cpu_that_halts_under_a_lock_panics, setup),
        cmocka_unit_test_setup(yielding_under_a_lock_panics, setup),
    };

    return cmocka_run_group_tests_name("misuse", tests, NULL, NULL);
}
