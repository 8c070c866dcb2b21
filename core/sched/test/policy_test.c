/* SPDX-License-Identifier: MIT */
/* The scheduler's decisions as pure functions: the run queue against a naive scan, fairness, budgets, time at its wrap. */
#include <support/random.h>
#include <support/unit.h>

#include <string.h>

#include <sched/policy.h>

#define THREADS 12u

static struct waitq_link links[THREADS];
static struct runq rq;

static int setup(void **state)
{
    (void)state;
    runq_init(&rq);
    waitq_links_init(links, THREADS);
    return 0;
}

static void insert(uint32_t index, uint32_t prio)
{
    runq_insert(&rq, links, index, prio, false);
}

TEST(an_empty_queue_picks_nobody)
{
    assert_int_equal(runq_pick(&rq), WAITQ_NONE);
    assert_int_equal(runq_top(&rq), -1);
}

TEST(init_empties_every_level)
{
    memset(&rq, 0, sizeof(rq));
    runq_init(&rq);
    for (uint32_t i = 0; i < SCHED_LEVELS; i++)
        assert_int_equal(waitq_first(&rq.level[i]), WAITQ_NONE);
    assert_int_equal(rq.levels, 0);
}

TEST(the_highest_level_is_picked_whatever_the_order_of_arrival)
{
    insert(1, 3);
    insert(2, 7);
    insert(3, 0);
    assert_int_equal(runq_pick(&rq), 2);
    assert_int_equal(runq_top(&rq), 7);
}

TEST(every_level_can_be_the_highest)
{
    for (uint32_t prio = 0; prio < SCHED_LEVELS; prio++) {
        insert(prio, prio);
        assert_int_equal(runq_pick(&rq), prio);
        assert_int_equal(runq_top(&rq), prio);
    }
}

TEST(within_a_level_the_oldest_is_picked)
{
    insert(4, 5);
    insert(2, 5);
    assert_int_equal(runq_pick(&rq), 4);
}

TEST(a_thread_put_in_front_is_picked_before_its_equals)
{
    insert(4, 5);
    runq_insert(&rq, links, 2, 5, true);
    assert_int_equal(runq_pick(&rq), 2);
}

TEST(picking_changes_nothing)
{
    insert(4, 5);
    struct runq before = rq;
    (void)runq_pick(&rq);
    assert_memory_equal(&before, &rq, sizeof(rq));
}

TEST(removing_the_last_of_a_level_uncovers_the_next_level)
{
    insert(1, 2);
    insert(2, 6);
    runq_remove(&rq, links, 2, 6);
    assert_int_equal(runq_pick(&rq), 1);
    assert_int_equal(runq_top(&rq), 2);
    runq_remove(&rq, links, 1, 2);
    assert_int_equal(runq_pick(&rq), WAITQ_NONE);
}

TEST(a_level_stays_while_it_has_members)
{
    insert(1, 6);
    insert(2, 6);
    runq_remove(&rq, links, 1, 6);
    assert_int_equal(runq_pick(&rq), 2);
}

TEST(taking_picks_and_removes)
{
    insert(1, 2);
    insert(2, 6);
    insert(3, 6);
    assert_int_equal(runq_take(&rq, links), 2);
    assert_int_equal(links[2].linked, 0);
    assert_int_equal(runq_take(&rq, links), 3);
    assert_int_equal(runq_top(&rq), 2);
    assert_int_equal(runq_take(&rq, links), 1);
    assert_int_equal(rq.levels, 0);
    assert_int_equal(runq_take(&rq, links), WAITQ_NONE);
}

/* The specification: scan all threads for the highest priority; among equals the one that waits longest (or was put first). */
struct naive {
    bool ready[THREADS];
    uint32_t prio[THREADS];
    int64_t since[THREADS];
};

static uint32_t naive_pick(const struct naive *n)
{
    uint32_t best = WAITQ_NONE;

    for (uint32_t i = 0; i < THREADS; i++)
        if (n->ready[i] && (best == WAITQ_NONE || n->prio[i] > n->prio[best] ||
                            (n->prio[i] == n->prio[best] && n->since[i] < n->since[best])))
            best = i;
    return best;
}

TEST(random_histories_agree_with_a_naive_scan)
{
    struct test_random random = {.state = 4711};
    struct naive naive = {0};

    for (int64_t step = 1; step <= 50000; step++) {
        uint32_t t = test_random_below(&random, THREADS);

        if (naive.ready[t] && step % 3 == 0) {
            uint32_t taken = runq_take(&rq, links);

            assert_int_equal(taken, naive_pick(&naive));
            naive.ready[taken] = false;
        } else if (naive.ready[t]) {
            runq_remove(&rq, links, t, naive.prio[t]);
            naive.ready[t] = false;
        } else {
            bool front = test_random_below(&random, 4) == 0;

            naive.ready[t] = true;
            naive.prio[t] = test_random_below(&random, SCHED_LEVELS);
            naive.since[t] = front ? -step : step;
            runq_insert(&rq, links, t, naive.prio[t], front);
        }
        assert_int_equal(runq_pick(&rq), naive_pick(&naive));
        assert_int_equal(runq_top(&rq), runq_pick(&rq) == WAITQ_NONE ? -1 : (int)naive.prio[runq_pick(&rq)]);
    }
}

/* Whoever is ready at the top level of n is passed over at most n - 1 times, whatever comes and goes below or beside it. */
TEST(nobody_at_the_top_level_is_passed_over_more_than_its_neighbours_once)
{
    struct test_random random = {.state = 99};
    uint32_t passed[THREADS] = {0};
    bool ready[THREADS] = {false};

    for (uint32_t step = 0; step < 20000; step++) {
        uint32_t t = test_random_below(&random, THREADS);

        if (!ready[t]) {
            insert(t, 7);
            ready[t] = true;
            passed[t] = 0;
        }
        uint32_t picked = runq_pick(&rq);
        for (uint32_t i = 0; i < THREADS; i++) {
            if (!ready[i] || i == picked)
                continue;
            passed[i]++;
            assert_true(passed[i] <= THREADS - 1);
        }
        runq_remove(&rq, links, picked, 7);
        ready[picked] = false;
        if (test_random_below(&random, 2) == 0) { /* its turn ends, but it stays ready */
            insert(picked, 7);
            ready[picked] = true;
            passed[picked] = 0;
        }
    }
}

TEST(budget_0_is_never_exhausted)
{
    assert_false(budget_exhausted(0, 0));
    assert_false(budget_exhausted(0, ~0u));
}

TEST(a_budget_is_exhausted_when_all_of_it_is_used)
{
    assert_false(budget_exhausted(2, 0));
    assert_false(budget_exhausted(2, 1));
    assert_true(budget_exhausted(2, 2));
    assert_true(budget_exhausted(2, 3));
    assert_true(budget_exhausted(1, 1));
}

TEST(an_epoch_begins_every_100_ticks)
{
    uint32_t epochs = 0;

    for (uint64_t tick = 1; tick <= 1000; tick++)
        epochs += epoch_due(tick);
    assert_int_equal(epochs, 10);
    assert_true(epoch_due(100));
    assert_false(epoch_due(99));
    assert_false(epoch_due(101));
}

TEST(a_watchdog_of_0_never_expires)
{
    assert_false(watchdog_expired(~0ull, 0, 0));
}

TEST(a_watchdog_expires_one_tick_after_its_interval)
{
    assert_false(watchdog_expired(150, 100, 50));
    assert_true(watchdog_expired(151, 100, 50));
    assert_false(watchdog_expired(100, 100, 1));
    assert_true(watchdog_expired(102, 100, 1));
}

TEST(a_watchdog_works_across_the_wrap_of_time)
{
    const uint64_t last = ~0ull - 9; /* 10 ticks before time 0 */

    assert_false(watchdog_expired(39, last, 50));
    assert_false(watchdog_expired(40, last, 50));
    assert_true(watchdog_expired(41, last, 50));
    assert_false(watchdog_expired(~0ull, last, 50));
}

TEST(a_watchdog_interval_of_all_time_does_not_expire)
{
    assert_false(watchdog_expired(5, 0, ~0ull));
}

TEST(a_restart_is_due_100_ticks_after_the_fault)
{
    assert_false(restart_due(THREAD_FAULTED, 1000, 1000));
    assert_false(restart_due(THREAD_FAULTED, 1000, 1099));
    assert_true(restart_due(THREAD_FAULTED, 1000, 1100));
    assert_true(restart_due(THREAD_FAULTED, 1000, 5000));
}

TEST(a_restart_is_due_across_the_wrap_of_time)
{
    assert_false(restart_due(THREAD_FAULTED, ~0ull - 49, 49));
    assert_true(restart_due(THREAD_FAULTED, ~0ull - 49, 50));
}

TEST(only_a_faulted_thread_is_restarted)
{
    static const enum thread_state others[] = {THREAD_INACTIVE, THREAD_READY, THREAD_RUNNING, THREAD_BLOCKED, THREAD_EXITED};

    for (uint32_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_false(restart_due(others[i], 0, 1000000));
}

TEST(an_idle_cpu_is_interrupted_first)
{
    const int32_t running[] = {3, -1, 0};

    assert_int_equal(preempt_target(running, 3, 5), 1);
    assert_int_equal(preempt_target(running, 3, 0), 1);
}

TEST(the_lowest_running_priority_is_interrupted)
{
    const int32_t running[] = {6, 4, 2, 5};

    assert_int_equal(preempt_target(running, 4, 7), 2);
}

TEST(of_equals_the_lowest_numbered_cpu_is_interrupted)
{
    const int32_t running[] = {5, 2, 2};
    const int32_t idle[] = {-1, -1, -1};

    assert_int_equal(preempt_target(running, 3, 3), 1);
    assert_int_equal(preempt_target(idle, 3, 3), 0);
}

TEST(nobody_of_equal_or_higher_priority_is_interrupted)
{
    const int32_t running[] = {4, 7};

    assert_int_equal(preempt_target(running, 2, 4), -1);
    assert_int_equal(preempt_target(running, 2, 3), -1);
    assert_int_equal(preempt_target(running, 2, 5), 0);
}

TEST(a_cpu_that_is_not_started_is_never_interrupted)
{
    const int32_t running[] = {SCHED_LEVELS, SCHED_LEVELS};

    assert_int_equal(preempt_target(running, 2, 7), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_empty_queue_picks_nobody, setup),
        cmocka_unit_test_setup(init_empties_every_level, setup),
        cmocka_unit_test_setup(the_highest_level_is_picked_whatever_the_order_of_arrival, setup),
        cmocka_unit_test_setup(every_level_can_be_the_highest, setup),
        cmocka_unit_test_setup(within_a_level_the_oldest_is_picked, setup),
        cmocka_unit_test_setup(a_thread_put_in_front_is_picked_before_its_equals, setup),
        cmocka_unit_test_setup(picking_changes_nothing, setup),
        cmocka_unit_test_setup(removing_the_last_of_a_level_uncovers_the_next_level, setup),
        cmocka_unit_test_setup(a_level_stays_while_it_has_members, setup),
        cmocka_unit_test_setup(taking_picks_and_removes, setup),
        cmocka_unit_test_setup(random_histories_agree_with_a_naive_scan, setup),
        cmocka_unit_test_setup(nobody_at_the_top_level_is_passed_over_more_than_its_neighbours_once, setup),
        cmocka_unit_test(budget_0_is_never_exhausted),
        cmocka_unit_test(a_budget_is_exhausted_when_all_of_it_is_used),
        cmocka_unit_test(an_epoch_begins_every_100_ticks),
        cmocka_unit_test(a_watchdog_of_0_never_expires),
        cmocka_unit_test(a_watchdog_expires_one_tick_after_its_interval),
        cmocka_unit_test(a_watchdog_works_across_the_wrap_of_time),
        cmocka_unit_test(a_watchdog_interval_of_all_time_does_not_expire),
        cmocka_unit_test(a_restart_is_due_100_ticks_after_the_fault),
        cmocka_unit_test(a_restart_is_due_across_the_wrap_of_time),
        cmocka_unit_test(only_a_faulted_thread_is_restarted),
        cmocka_unit_test(an_idle_cpu_is_interrupted_first),
        cmocka_unit_test(the_lowest_running_priority_is_interrupted),
        cmocka_unit_test(of_equals_the_lowest_numbered_cpu_is_interrupted),
        cmocka_unit_test(nobody_of_equal_or_higher_priority_is_interrupted),
        cmocka_unit_test(a_cpu_that_is_not_started_is_never_interrupted),
    };

    return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
