/* SPDX-License-Identifier: MIT */
/* Ranked ticket locks: who may take what, who gets it next, and every misuse that must panic. */
#include <support/notes.h>
#include <support/unit.h>

#include <arch/atomic.h>
#include <arch/smp.h>
#include <sync/spinlock.h>

static struct spinlock low = SPINLOCK_INIT("low", 10);
static struct spinlock low_too = SPINLOCK_INIT("low_too", 10);
static struct spinlock middle = SPINLOCK_INIT("middle", 20);
static struct spinlock high = SPINLOCK_INIT("high", 30);

static void reset_locks(void)
{
    low = (struct spinlock)SPINLOCK_INIT("low", 10);
    low_too = (struct spinlock)SPINLOCK_INIT("low_too", 10);
    middle = (struct spinlock)SPINLOCK_INIT("middle", 20);
    high = (struct spinlock)SPINLOCK_INIT("high", 30);
    notes_clear();
}

static int setup(void **state)
{
    reset_locks();
    return unit_setup(state);
}

static int setup_three_cpus(void **state)
{
    (void)state;
    reset_locks();
    null_reset(&(struct null_config){.cpus = 3});
    return 0;
}

TEST(a_new_lock_is_free)
{
    assert_false(spin_held(&low));
    assert_int_equal(spin_depth(), 0);
}

TEST(taking_a_lock_makes_this_cpu_its_holder)
{
    spin_lock(&low);
    assert_true(spin_held(&low));
    assert_false(spin_held(&middle));
    assert_int_equal(spin_depth(), 1);
}

TEST(a_released_lock_can_be_taken_again)
{
    for (uint32_t i = 0; i < 3; i++) {
        spin_lock(&low);
        spin_unlock(&low);
        assert_false(spin_held(&low));
        assert_int_equal(spin_depth(), 0);
    }
}

TEST(ranks_may_be_taken_in_rising_order)
{
    spin_lock(&low);
    spin_lock(&middle);
    spin_lock(&high);
    assert_int_equal(spin_depth(), 3);
}

TEST(locks_may_be_released_in_any_order)
{
    spin_lock(&low);
    spin_lock(&middle);
    spin_lock(&high);
    spin_unlock(&low);
    assert_true(spin_held(&middle));
    assert_true(spin_held(&high));
    assert_false(spin_held(&low));
    spin_unlock(&middle);
    spin_unlock(&high);
    assert_int_equal(spin_depth(), 0);
}

TEST(a_lower_rank_may_be_taken_once_the_higher_lock_is_free)
{
    spin_lock(&high);
    spin_unlock(&high);
    spin_lock(&low);
    assert_true(spin_held(&low));
}

static void take_low_while_holding_middle(void *arg)
{
    (void)arg;
    spin_lock(&middle);
    spin_lock(&low);
}

TEST(taking_a_lower_rank_panics_with_both_names)
{
    assert_panics(take_low_while_holding_middle, NULL, "lock order: low (rank 10) wanted while holding middle (rank 20)");
}

static void take_low_under_low_and_high(void *arg)
{
    (void)arg;
    spin_lock(&high);
    spin_lock(&low);
    spin_unlock(&high);
}

TEST(the_panic_names_the_lock_that_is_in_the_way)
{
    assert_panics(take_low_under_low_and_high, NULL, "lock order: low (rank 10) wanted while holding high (rank 30)");
}

static void take_middle_after_low_was_released(void *arg)
{
    (void)arg;
    spin_lock(&low);
    spin_lock(&high);
    spin_unlock(&low);
    spin_lock(&middle);
}

TEST(every_held_lock_counts_not_only_the_first)
{
    assert_panics(take_middle_after_low_was_released, NULL,
                  "lock order: middle (rank 20) wanted while holding high (rank 30)");
}

static void take_two_of_one_rank(void *arg)
{
    (void)arg;
    spin_lock(&low);
    spin_lock(&low_too);
}

TEST(taking_the_same_rank_twice_panics)
{
    assert_panics(take_two_of_one_rank, NULL, "lock order: low_too (rank 10) wanted while holding low (rank 10)");
}

static void take_twice(void *arg)
{
    (void)arg;
    spin_lock(&low);
    spin_lock(&low);
}

TEST(recursion_panics_instead_of_hanging)
{
    assert_panics(take_twice, NULL, "lock order: low (rank 10) wanted while holding low (rank 10)");
}

static void release_unheld(void *arg)
{
    (void)arg;
    spin_lock(&middle);
    spin_unlock(&low);
}

TEST(releasing_a_lock_that_is_not_held_panics)
{
    assert_panics(release_unheld, NULL, "lock low released by a CPU that does not hold it");
}

static void hold_and_wait(uint32_t cpu)
{
    (void)cpu;
    spin_lock(&low);
    for (;;)
        arch_cpu_relax();
}

static void release_elsewhere(void *arg)
{
    (void)arg;
    assert_ok(arch_start_cpu(1, hold_and_wait));
    arch_cpu_relax();
    assert_false(spin_held(&low));
    assert_int_equal(spin_depth(), 0);
    spin_unlock(&low);
}

TEST(a_lock_held_by_another_cpu_is_not_ours_to_release)
{
    assert_panics(release_elsewhere, NULL, "lock low released by a CPU that does not hold it");
}

static void sleep_with_two(void *arg)
{
    (void)arg;
    spin_lock(&low);
    spin_lock(&middle);
    spin_expect_only(&low, "sleep");
}

TEST(who_sleeps_with_a_lock_more_than_allowed_is_told_which)
{
    assert_panics(sleep_with_two, NULL, "lock held across sleep: middle (rank 20)");
}

static void take_and_note(uint32_t cpu)
{
    spin_lock(&low);
    note("%u", cpu);
    spin_unlock(&low);
    for (;;)
        arch_cpu_relax();
}

static void let_others_queue(void *arg)
{
    (void)arg;
    spin_lock(&low);
    assert_ok(arch_start_cpu(2, take_and_note));
    null_switch_cpu(2);
    assert_ok(arch_start_cpu(1, take_and_note));
    null_switch_cpu(1);
    note("0");
    spin_unlock(&low);
    for (uint32_t i = 0; i < 10; i++)
        arch_cpu_relax();
}

TEST(waiters_get_the_lock_in_the_order_they_came)
{
    assert_int_equal(null_run(let_others_queue, NULL).kind, NULL_RETURNED);
    assert_string_equal(notes(), "021");
}

static uint32_t counter;

static void count_slowly(uint32_t rounds)
{
    for (uint32_t i = 0; i < rounds; i++) {
        spin_lock(&low);
        uint32_t seen = counter;
        arch_cpu_relax(); /* the others try now */
        counter = seen + 1;
        spin_unlock(&low);
    }
}

static void count_and_idle(uint32_t cpu)
{
    (void)cpu;
    count_slowly(100);
    for (;;)
        arch_cpu_relax();
}

static void count_on_all_cpus(void *arg)
{
    (void)arg;
    assert_ok(arch_start_cpu(1, count_and_idle));
    assert_ok(arch_start_cpu(2, count_and_idle));
    count_slowly(100);
    while (counter < 300)
        arch_cpu_relax();
}

TEST(only_one_cpu_is_inside)
{
    counter = 0;
    assert_int_equal(null_run(count_on_all_cpus, NULL).kind, NULL_RETURNED);
    assert_int_equal(counter, 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_new_lock_is_free, setup),
        cmocka_unit_test_setup(taking_a_lock_makes_this_cpu_its_holder, setup),
        cmocka_unit_test_setup(a_released_lock_can_be_taken_again, setup),
        cmocka_unit_test_setup(ranks_may_be_taken_in_rising_order, setup),
        cmocka_unit_test_setup(locks_may_be_released_in_any_order, setup),
        cmocka_unit_test_setup(a_lower_rank_may_be_taken_once_the_higher_lock_is_free, setup),
        cmocka_unit_test_setup(taking_a_lower_rank_panics_with_both_names, setup),
        cmocka_unit_test_setup(the_panic_names_the_lock_that_is_in_the_way, setup),
        cmocka_unit_test_setup(every_held_lock_counts_not_only_the_first, setup),
        cmocka_unit_test_setup(taking_the_same_rank_twice_panics, setup),
        cmocka_unit_test_setup(recursion_panics_instead_of_hanging, setup),
        cmocka_unit_test_setup(releasing_a_lock_that_is_not_held_panics, setup),
        cmocka_unit_test_setup(a_lock_held_by_another_cpu_is_not_ours_to_release, setup_three_cpus),
        cmocka_unit_test_setup(who_sleeps_with_a_lock_more_than_allowed_is_told_which, setup),
        cmocka_unit_test_setup(waiters_get_the_lock_in_the_order_they_came, setup_three_cpus),
        cmocka_unit_test_setup(only_one_cpu_is_inside, setup_three_cpus),
    };

    return cmocka_run_group_tests_name("spinlock", tests, NULL, NULL);
}
