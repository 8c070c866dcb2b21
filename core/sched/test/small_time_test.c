/* SPDX-License-Identifier: MIT */
/*
 * Small scope, but all of it: the restart machine in every state of a thread around its delay, watchdog, budgets and epochs, at
 * every place where the tick count wraps; and whom a wake-up interrupts, for every way that up to 4 CPUs can run.
 */
#include <support/unit.h>

#include <sched/policy.h>

static uint64_t states;

/* Around 0, around the wrap, and somewhere. */
static const uint64_t begins[] = {0, 1, 1000, UINT64_C(1) << 32, UINT64_MAX - 150, UINT64_MAX - 1, UINT64_MAX};
#define BEGINS (sizeof(begins) / sizeof(begins[0]))

TEST(only_faulted_threads_restart_and_only_after_the_delay)
{
    states = 0;
    for (uint32_t in = THREAD_INACTIVE; in <= THREAD_EXITED; in++)
        for (uint32_t b = 0; b < BEGINS; b++)
            for (uint64_t passed = 0; passed < 3 * SCHED_RESTART_DELAY; passed++, states++)
                assert_int_equal(restart_due((enum thread_state)in, begins[b], begins[b] + passed),
                                 in == THREAD_FAULTED && passed >= 100);
    print_message("small_time: restarts: %llu states\n", (unsigned long long)states);
    assert_int_equal(states, 6 * BEGINS * 300);
}

TEST(a_watchdog_bites_after_its_interval_and_not_at_all_without_one)
{
    states = 0;
    for (uint64_t interval = 0; interval < 40; interval++)
        for (uint32_t b = 0; b < BEGINS; b++)
            for (uint64_t passed = 0; passed < 80; passed++, states++)
                assert_int_equal(watchdog_expired(begins[b] + passed, begins[b], interval), interval != 0 && passed > interval);
    print_message("small_time: watchdogs: %llu states\n", (unsigned long long)states);
}

/* Tick by tick: used counts up, is 0 again when an epoch begins, and a thread runs exactly its budget in each. */
TEST(every_budget_buys_its_ticks_in_every_epoch)
{
    states = 0;
    for (uint32_t budget = 0; budget <= SCHED_EPOCH + 1; budget++) {
        uint32_t used = 0, ran = 0;

        for (uint64_t tick = 1; tick <= 3 * 100; tick++, states++) {
            if (!budget_exhausted(budget, used)) {
                used++;
                ran++;
            }
            assert_int_equal(epoch_due(tick), tick == 100 || tick == 200 || tick == 300);
            if (!epoch_due(tick))
                continue;
            assert_int_equal(ran, budget == 0 || budget > 100 ? 100 : budget);
            used = 0;
            ran = 0;
        }
    }
    print_message("small_time: budgets: %llu states\n", (unsigned long long)states);
}

static void check_target(const int32_t *running, uint32_t cpus, uint32_t prio)
{
    int32_t got = preempt_target(running, cpus, prio);
    bool anybody = false;

    for (uint32_t i = 0; i < cpus; i++)
        anybody = anybody || running[i] < (int32_t)prio;
    assert_int_equal(got >= 0, anybody);
    for (uint32_t i = 0; anybody && i < cpus; i++) {
        assert_true(running[got] <= running[i]);
        assert_true(running[got] < running[i] || got <= (int32_t)i);
    }
    states++;
}

TEST(a_wake_up_interrupts_the_lowest_of_up_to_4_cpus)
{
    states = 0;
    for (uint32_t cpus = 0; cpus <= 4; cpus++)
        for (uint32_t code = 0; code < 10000; code++) { /* a digit per CPU: -1 idle, 0-7, 8 not started */
            int32_t running[4];
            uint32_t rest = code;

            for (uint32_t i = 0; i < 4; i++, rest /= 10)
                running[i] = (int32_t)(rest % 10) - 1;
            for (uint32_t prio = 0; prio < SCHED_LEVELS; prio++)
                check_target(running, cpus, prio);
        }
    print_message("small_time: preemptions: %llu states\n", (unsigned long long)states);
    assert_int_equal(states, 5 * 10000 * SCHED_LEVELS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_faulted_threads_restart_and_only_after_the_delay),
        cmocka_unit_test(a_watchdog_bites_after_its_interval_and_not_at_all_without_one),
        cmocka_unit_test(every_budget_buys_its_ticks_in_every_epoch),
        cmocka_unit_test(a_wake_up_interrupts_the_lowest_of_up_to_4_cpus),
    };

    return cmocka_run_group_tests_name("small_time", tests, NULL, NULL);
}
