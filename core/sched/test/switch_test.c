/* SPDX-License-Identifier: MIT */
/* Who runs when: priorities, turns, sleeping and waking, preemption. */
#include <string.h>

#include <diag/console.h>
#include <diag/counters.h>
#include <sched/check.h>

#include "../sched_priv.h"
#include "outer.h"

static void say(uint32_t me)
{
    note("%u ", me);
}

static void sleep_now(uint32_t me)
{
    note("s%u ", me);
    spin_lock(&lock);
    status_t status = sched_block(&lock);
    note("w%u:%d ", me, status);
}

static bool wake(uint32_t index, status_t status)
{
    spin_lock(&lock);
    bool woken = sched_wake(thread_get(index), status);
    spin_unlock(&lock);
    return woken;
}

TEST(threads_run_in_the_order_of_their_priority)
{
    threads_add(0, 1, say);
    threads_add(1, 7, say);
    threads_add(2, 0, say);
    threads_add(3, 4, say);
    run();
    assert_string_equal(notes(), "1 3 0 2 ");
}

TEST(equal_priorities_run_in_the_order_of_their_creation)
{
    threads_add(2, 4, say);
    threads_add(0, 4, say);
    threads_add(1, 4, say);
    run();
    assert_string_equal(notes(), "2 0 1 ");
}

static void say_and_yield(uint32_t me)
{
    for (uint32_t i = 0; i < 3; i++) {
        note("%u ", me);
        sched_yield_cpu();
    }
}

TEST(yielding_lets_equals_take_turns)
{
    threads_add(0, 4, say_and_yield);
    threads_add(1, 4, say_and_yield);
    threads_add(2, 4, say_and_yield);
    run();
    assert_string_equal(notes(), "0 1 2 0 1 2 0 1 2 ");
}

TEST(yielding_does_not_let_lower_threads_run)
{
    threads_add(0, 5, say_and_yield);
    threads_add(1, 4, say);
    run();
    assert_string_equal(notes(), "0 0 0 1 ");
}

static void wake_1_with_7(uint32_t me)
{
    note("%u ", me);
    note("%d ", wake(1, 7));
    sched_point();
    note("%u ", me);
}

TEST(a_sleeper_gets_the_status_of_its_waker)
{
    threads_add(1, 4, sleep_now);
    threads_add(0, 4, wake_1_with_7);
    run();
    assert_string_equal(notes(), "s1 0 1 0 w1:7 ");
}

TEST(a_wake_up_of_a_higher_thread_preempts_at_the_next_point)
{
    threads_add(1, 5, sleep_now);
    threads_add(0, 4, wake_1_with_7);
    run();
    assert_string_equal(notes(), "s1 0 1 w1:7 0 ");
}

TEST(a_preempted_thread_goes_on_before_its_equals)
{
    threads_add(1, 5, sleep_now);
    threads_add(0, 4, wake_1_with_7);
    threads_add(2, 4, say);
    run();
    assert_string_equal(notes(), "s1 0 1 w1:7 0 2 ");
}

/* Its turn ends, and in the next one it is preempted. */
static void yield_and_wake_1_with_7(uint32_t me)
{
    sched_tick(NULL);
    sched_point();
    wake_1_with_7(me);
}

static void say_yield_and_say(uint32_t me)
{
    say(me);
    sched_yield_cpu();
    say(me);
}

TEST(the_end_of_a_turn_does_not_count_for_the_next)
{
    threads_add(1, 5, sleep_now);
    threads_add(0, 4, yield_and_wake_1_with_7);
    threads_add(2, 4, say_yield_and_say);
    run();
    assert_string_equal(notes(), "s1 2 0 1 w1:7 0 2 ");
}

static void wake_nobody(uint32_t me)
{
    (void)me;
    note("%d%d%d ", wake(0, 1), wake(1, 1), wake(2, 1)); /* itself, ready, never created */
}

TEST(only_a_blocked_thread_can_be_woken)
{
    threads_add(0, 4, wake_nobody);
    threads_add(1, 4, say);
    run();
    assert_string_equal(notes(), "000 1 ");
    assert_false(wake(1, 1)); /* exited */
}

static void block_while_killed(uint32_t me)
{
    sched_kill(thread_current());
    spin_lock(&lock);
    status_t status = sched_block(&lock);
    note("%u:%s locked=%u", me, status_name(status), spin_depth());
}

TEST(a_killed_thread_does_not_fall_asleep)
{
    threads_add(0, 4, block_while_killed);
    run();
    assert_string_equal(notes(), "0:KILLED locked=0");
}

static void show_locks_of_sleepers(uint32_t me)
{
    note("%u:%d%u ", me, spin_held(&lock), spin_depth());
}

TEST(sleeping_releases_the_outer_lock)
{
    threads_add(0, 5, sleep_now);
    threads_add(1, 4, show_locks_of_sleepers);
    run();
    assert_string_equal(notes(), "s0 1:00 ");
}

static void raise_2(uint32_t me)
{
    note("%u ", me);
    sched_set_priority(thread_get(2), 5);
    sched_point();
    note("%u ", me);
}

TEST(a_raised_ready_thread_preempts)
{
    threads_add(0, 4, raise_2);
    threads_add(1, 4, say);
    threads_add(2, 1, say);
    run();
    assert_string_equal(notes(), "0 2 0 1 ");
}

/* Raised, it wakes 1 without being preempted; then the loan ends. */
static void borrow_and_return_priority(uint32_t me)
{
    note("%u ", me);
    sched_set_priority(thread_current(), 6);
    (void)wake(1, 0);
    sched_point();
    note("%u ", me);
    sched_set_priority(thread_current(), 3);
    sched_point();
    note("%u ", me);
}

TEST(a_thread_lowered_below_a_ready_one_gives_way)
{
    threads_add(1, 4, sleep_now);
    threads_add(0, 3, borrow_and_return_priority);
    threads_add(2, 3, say);
    run();
    assert_string_equal(notes(), "s1 0 0 w1:0 0 2 ");
}

TEST(a_thread_lowered_to_an_equal_one_goes_on)
{
    threads_add(1, 3, sleep_now);
    threads_add(0, 3, borrow_and_return_priority);
    run();
    assert_string_equal(notes(), "s1 0 0 0 w1:0 ");
}

static void raise_sleeper_then_wake(uint32_t me)
{
    note("%u ", me);
    sched_set_priority(thread_get(1), 7);
    (void)wake(1, 0);
    sched_point();
    note("%u ", me);
}

TEST(a_sleeper_wakes_with_the_priority_it_was_given)
{
    threads_add(1, 4, sleep_now);
    threads_add(0, 4, raise_sleeper_then_wake);
    run();
    assert_string_equal(notes(), "s1 0 w1:0 0 ");
    assert_int_equal(thread_get(1)->base_prio, 4);
}

static void set_same_priority(uint32_t me)
{
    note("%u ", me);
    sched_set_priority(thread_get(1), 4);
    sched_yield_cpu();
    note("%u ", me);
}

TEST(setting_the_priority_a_thread_has_keeps_its_place)
{
    threads_add(0, 4, set_same_priority);
    threads_add(1, 4, say);
    threads_add(2, 4, say);
    run();
    assert_string_equal(notes(), "0 1 2 0 ");
}

static void who_am_i(uint32_t me)
{
    note("%u %d %d ", me, thread_current_index(), thread_current() == thread_get(me));
}

TEST(the_running_thread_is_known)
{
    threads_add(5, 4, who_am_i);
    run();
    assert_string_equal(notes(), "5 5 1 ");
    assert_int_equal(thread_current_index(), -1); /* the idle thread ended the machine */
}

TEST(at_first_every_cpu_idles_and_no_thread_is_in_a_queue)
{
    sched_init();
    for (uint32_t i = 0; i < ARCH_MAX_CPUS; i++) {
        assert_ptr_equal(sched_state()->cpu[i].current, &sched_state()->idle[i]);
        assert_int_equal(sched_state()->idle[i].cpu, i);
        assert_int_equal(sched_state()->idle[i].index, THREAD_NONE);
        assert_int_equal(sched_state()->idle[i].state, THREAD_RUNNING);
    }
    for (uint32_t i = 0; i < CONFIG_TASKS; i++) {
        assert_int_equal(sched_state()->links[i].linked, 0);
        assert_int_equal(sched_state()->links[i].next, WAITQ_NONE);
    }
    assert_null(sched_check_module.check());
}

TEST(before_the_scheduler_starts_nobody_runs)
{
    assert_int_equal(thread_current_index(), -1);
    sched_init();
    assert_int_equal(thread_current_index(), -1);
    assert_int_equal(thread_current()->index, THREAD_NONE);
}

static void count_states(uint32_t me)
{
    (void)me;
    note("ready %u running %u blocked %u exited %u active %u ", sched_count(THREAD_READY), sched_count(THREAD_RUNNING),
         sched_count(THREAD_BLOCKED), sched_count(THREAD_EXITED), CONFIG_TASKS - sched_count(THREAD_INACTIVE));
}

TEST(threads_are_counted_by_state)
{
    threads_add(0, 7, say);
    threads_add(1, 6, sleep_now);
    threads_add(2, 5, sleep_now);
    threads_add(3, 4, count_states);
    threads_add(4, 3, say);
    run();
    assert_string_equal(notes(), "0 s1 s2 ready 1 running 1 blocked 2 exited 1 active 5 4 ");
}

TEST(every_state_has_a_name)
{
    assert_string_equal(thread_state_name(THREAD_INACTIVE), "inactive");
    assert_string_equal(thread_state_name(THREAD_READY), "ready");
    assert_string_equal(thread_state_name(THREAD_RUNNING), "running");
    assert_string_equal(thread_state_name(THREAD_BLOCKED), "blocked");
    assert_string_equal(thread_state_name(THREAD_FAULTED), "faulted");
    assert_string_equal(thread_state_name(THREAD_EXITED), "exited");
    assert_string_equal(thread_state_name((enum thread_state)(THREAD_EXITED + 1)), "?");
    assert_string_equal(thread_state_name((enum thread_state)17), "?");
}

static void never_entered(void *arg)
{
    (void)arg;
}

TEST(thread_create_refuses_bad_indices_and_priorities)
{
    struct thread_config config = {.name = "x", .prio = 4, .entry = never_entered};

    sched_init();
    assert_status(thread_create(CONFIG_TASKS, &config), ERR_INVALID_ARGS);
    config.prio = SCHED_LEVELS;
    assert_status(thread_create(0, &config), ERR_INVALID_ARGS);
    assert_int_equal(sched_count(THREAD_INACTIVE), CONFIG_TASKS);
}

TEST(thread_create_refuses_an_index_in_use)
{
    const struct thread_config config = {.name = "x", .prio = 4, .entry = never_entered};

    sched_init();
    assert_ok(thread_create(3, &config));
    assert_status(thread_create(3, &config), ERR_BAD_STATE);
}

TEST(thread_create_without_a_stack_changes_nothing)
{
    const struct thread_config config = {.name = "x", .prio = 4, .entry = never_entered};

    sched_init();
    null_limit_kstacks(0);
    assert_status(thread_create(3, &config), ERR_NO_MEMORY);
    assert_int_equal(thread_get(3)->state, THREAD_INACTIVE);
    assert_int_equal(sched_count(THREAD_READY), 0);
}

TEST(thread_create_keeps_what_it_was_told)
{
    struct arch_space space;
    const struct thread_config config = {
        .name = "a name that is too long", .prio = 3, .budget = 9, .entry = never_entered, .arg = &space, .space = &space};

    sched_init();
    assert_ok(thread_create(6, &config));
    const struct thread *t = thread_get(6);
    assert_string_equal(t->name, "a name that is ");
    assert_int_equal(t->index, 6);
    assert_int_equal(t->prio, 3);
    assert_int_equal(t->base_prio, 3);
    assert_int_equal(t->budget, 9);
    assert_ptr_equal(t->arg, &space);
    assert_ptr_equal(t->space, &space);
    assert_int_equal(t->state, THREAD_READY);
}

static void returns(void *arg)
{
    (void)arg;
}

static void create_returning_thread(void)
{
    const struct thread_config config = {.name = "short", .prio = 4, .entry = returns};

    (void)!thread_create(0, &config);
}

TEST(a_thread_whose_entry_returns_panics)
{
    threads_on_start(create_returning_thread);
    assert_run_panics("thread short returned");
}

static void get_thread_out_of_range(void *arg)
{
    (void)arg;
    (void)thread_get(CONFIG_TASKS);
}

TEST(a_thread_index_out_of_range_panics)
{
    assert_panics(get_thread_out_of_range, NULL, "assertion failed: index < CONFIG_TASKS");
}

/* What an event has no value for is 0. */
static void assert_unused_words_are_0(void)
{
    for (uint32_t i = 0; i < null_trace_count(); i++) {
        const struct trace_event *e = null_trace_at(i);

        assert_true(e->b == 0 && e->c == 0 && e->d == 0);
    }
}

TEST(switches_are_counted_and_traced)
{
    null_trace(true);
    threads_add(0, 4, say);
    threads_add(1, 3, say);
    run();
    uint32_t seen = 0;
    uint32_t order[4];
    for (uint32_t i = 0; i < null_trace_count(); i++)
        if (null_trace_at(i)->kind == TRACE_SWITCH && seen < 4)
            order[seen++] = null_trace_at(i)->thread;
    assert_int_equal(seen, 3); /* to 0, to 1, to idle */
    assert_int_equal(order[0], 0);
    assert_int_equal(order[1], 1);
    assert_int_equal(order[2], TRACE_NO_THREAD);
    assert_int_equal(counters_get()->switches, 3);
    assert_unused_words_are_0();
}

TEST(blocking_and_exiting_are_traced)
{
    null_trace(true);
    threads_add(0, 4, sleep_now);
    threads_add(1, 3, say);
    run();
    uint32_t blocked = 0, exited = 0;
    for (uint32_t i = 0; i < null_trace_count(); i++) {
        const struct trace_event *e = null_trace_at(i);
        blocked += e->kind == TRACE_STATE && e->thread == 0 && e->a == THREAD_BLOCKED;
        exited += e->kind == TRACE_STATE && e->thread == 1 && e->a == THREAD_EXITED;
    }
    assert_int_equal(blocked, 1);
    assert_int_equal(exited, 1);
    assert_unused_words_are_0();
}

static struct arch_space space_a = {.asid = 1}, space_b = {.asid = 2};

static void note_space(uint32_t me)
{
    for (uint32_t i = 0; i < 2; i++) {
        note("%u:%s ", me, null_space() == &space_a ? "a" : null_space() == &space_b ? "b" : "-");
        sched_yield_cpu();
    }
}

static void thread_in_space(void *arg)
{
    note_space(thread_current()->index);
    sched_exit();
    (void)arg;
}

static void create_threads_with_spaces(void)
{
    struct thread_config config = {.name = "x", .prio = 4, .entry = thread_in_space};

    config.space = &space_a;
    (void)!thread_create(0, &config);
    config.space = &space_b;
    (void)!thread_create(1, &config);
    config.space = NULL;
    (void)!thread_create(2, &config);
}

TEST(a_thread_runs_in_its_own_address_space)
{
    threads_on_start(create_threads_with_spaces);
    run();
    assert_string_equal(notes(), "0:a 1:b 2:b 0:a 1:b 2:b "); /* a kernel thread does not care */
}

static void fill_console(uint32_t me)
{
    (void)me;
    console_append("left behind by a thread that is gone", 36);
}

TEST(idle_cpus_drain_the_console)
{
    threads_add(0, 4, fill_console);
    run();
    assert_string_equal(null_serial(), "left behind by a thread that is gone");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(threads_run_in_the_order_of_their_priority, setup),
        cmocka_unit_test_setup(equal_priorities_run_in_the_order_of_their_creation, setup),
        cmocka_unit_test_setup(yielding_lets_equals_take_turns, setup),
        cmocka_unit_test_setup(yielding_does_not_let_lower_threads_run, setup),
        cmocka_unit_test_setup(a_sleeper_gets_the_status_of_its_waker, setup),
        cmocka_unit_test_setup(a_wake_up_of_a_higher_thread_preempts_at_the_next_point, setup),
        cmocka_unit_test_setup(a_preempted_thread_goes_on_before_its_equals, setup),
        cmocka_unit_test_setup(the_end_of_a_turn_does_not_count_for_the_next, setup),
        cmocka_unit_test_setup(only_a_blocked_thread_can_be_woken, setup),
        cmocka_unit_test_setup(a_killed_thread_does_not_fall_asleep, setup),
        cmocka_unit_test_setup(sleeping_releases_the_outer_lock, setup),
        cmocka_unit_test_setup(a_raised_ready_thread_preempts, setup),
        cmocka_unit_test_setup(a_thread_lowered_below_a_ready_one_gives_way, setup),
        cmocka_unit_test_setup(a_thread_lowered_to_an_equal_one_goes_on, setup),
        cmocka_unit_test_setup(a_sleeper_wakes_with_the_priority_it_was_given, setup),
        cmocka_unit_test_setup(setting_the_priority_a_thread_has_keeps_its_place, setup),
        cmocka_unit_test_setup(the_running_thread_is_known, setup),
        cmocka_unit_test_setup(at_first_every_cpu_idles_and_no_thread_is_in_a_queue, setup),
        cmocka_unit_test_setup(before_the_scheduler_starts_nobody_runs, setup),
        cmocka_unit_test_setup(threads_are_counted_by_state, setup),
        cmocka_unit_test_setup(every_state_has_a_name, setup),
        cmocka_unit_test_setup(thread_create_refuses_bad_indices_and_priorities, setup),
        cmocka_unit_test_setup(thread_create_refuses_an_index_in_use, setup),
        cmocka_unit_test_setup(thread_create_without_a_stack_changes_nothing, setup),
        cmocka_unit_test_setup(thread_create_keeps_what_it_was_told, setup),
        cmocka_unit_test_setup(a_thread_whose_entry_returns_panics, setup),
        cmocka_unit_test_setup(a_thread_index_out_of_range_panics, setup),
        cmocka_unit_test_setup(switches_are_counted_and_traced, setup),
        cmocka_unit_test_setup(blocking_and_exiting_are_traced, setup),
        cmocka_unit_test_setup(a_thread_runs_in_its_own_address_space, setup),
        cmocka_unit_test_setup(idle_cpus_drain_the_console, setup),
    };

    return cmocka_run_group_tests_name("switch", tests, NULL, NULL);
}
