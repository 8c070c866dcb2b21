/* SPDX-License-Identifier: MIT */
/* Several CPUs: work in parallel, wake-ups and kills that cross, one clock. */
#include <string.h>

#include <arch/atomic.h>
#include <arch/irq.h>
#include <arch/smp.h>
#include <arch/timer.h>
#include <diag/counters.h>

#include "../sched_priv.h"
#include "outer.h"

static int setup_two_cpus(void **state)
{
    setup(state);
    threads_begin(2);
    return 0;
}

static void say(uint32_t me)
{
    note("%u@%lu ", me, (unsigned long)sched_ticks());
}

/* Waits until both have come: only possible if they run at the same time. */
static uint32_t arrived;

static void meet(uint32_t me)
{
    (void)me;
    arch_atomic_add32(&arrived, 1);
    while (arch_atomic_load32(&arrived) < 2)
        arch_cpu_relax();
    note("cpu%u ", arch_cpu_id());
}

TEST(two_cpus_run_two_threads_at_once)
{
    arrived = 0;
    threads_add(0, 4, meet);
    threads_add(1, 4, meet);
    run();
    assert_true(notes()[3] != notes()[8]);
}

static void sleep_and_say_cpu(uint32_t me)
{
    spin_lock(&lock);
    (void)!sched_block(&lock);
    note("%u:cpu%u ", me, thread_current()->cpu);
    arch_atomic_store32(&arrived, 2);
}

/* Runs on its CPU until the other thread says that it ran: on the other CPU, then. */
static void wake_and_spin(uint32_t me)
{
    (void)me;
    arrived = 0;
    while (thread_get(1)->state != THREAD_BLOCKED)
        arch_cpu_relax();
    for (uint32_t i = 0; i < 100; i++)
        arch_cpu_relax(); /* until the other CPU sleeps */
    spin_lock(&lock);
    (void)sched_wake(thread_get(1), STATUS_OK);
    spin_unlock(&lock);
    while (arch_atomic_load32(&arrived) < 2)
        arch_cpu_relax();
    note("0:cpu%u ", thread_current()->cpu);
}

TEST(a_wake_up_goes_to_an_idle_cpu)
{
    threads_add(1, 4, sleep_and_say_cpu);
    threads_add(0, 4, wake_and_spin);
    run();
    assert_int_not_equal(notes()[5], notes()[12]);
    assert_true(arch_timer_get_ticks() < NULL_FREQUENCY / SCHED_HZ); /* it was interrupted, not woken by its own tick */
}

TEST(a_wake_up_of_the_lowest_priority_goes_to_an_idle_cpu_too)
{
    threads_add(1, 0, sleep_and_say_cpu);
    threads_add(0, 4, wake_and_spin);
    run();
    assert_int_not_equal(notes()[5], notes()[12]);
    assert_true(arch_timer_get_ticks() < NULL_FREQUENCY / SCHED_HZ);
}

/* Two wake-ups in one go ask the same idle CPU; both sleepers meet only if it passes one of them on. */
static void sleep_then_meet(uint32_t me)
{
    spin_lock(&lock);
    (void)!sched_block(&lock);
    meet(me);
}

static void wake_two_at_once(uint32_t me)
{
    (void)me;
    arrived = 0;
    for (uint32_t i = 0; i < 100; i++)
        arch_cpu_relax();
    spin_lock(&lock);
    (void)sched_wake(thread_get(1), STATUS_OK);
    (void)sched_wake(thread_get(2), STATUS_OK);
    spin_unlock(&lock);
    while (arch_atomic_load32(&arrived) < 2)
        arch_cpu_relax();
}

TEST(a_cpu_passes_on_what_it_does_not_take)
{
    threads_begin(3);
    threads_add(1, 4, sleep_then_meet);
    threads_add(2, 4, sleep_then_meet);
    threads_add(0, 4, wake_two_at_once);
    run();
    assert_true(arch_timer_get_ticks() < NULL_FREQUENCY / SCHED_HZ);
}

static void spin_until_preempted(uint32_t me)
{
    while (arch_atomic_load32(&arrived) < 2) {
        arch_cpu_relax();
        arch_irq_window();
        sched_point();
    }
    note("%u ", me);
}

static void spin_without_points(uint32_t me)
{
    while (thread_get(1)->state != THREAD_BLOCKED)
        arch_cpu_relax();
    wake_and_spin(me);
}

TEST(a_wake_up_interrupts_the_cpu_that_runs_the_lowest)
{
    arrived = 0;
    threads_add(1, 7, sleep_and_say_cpu);
    threads_add(0, 5, spin_without_points);
    threads_add(2, 1, spin_until_preempted);
    run();
    assert_non_null(notes());
    assert_int_equal(notes()[0], '1'); /* 1 got the CPU of 2 while 0 spun on the other */
}

static void spin_until_killed(uint32_t me)
{
    while (!arch_atomic_load32(&thread_current()->kill))
        arch_cpu_relax();
    note("%u killed", me);
}

static uint32_t interrupts;

static void count_interrupt(void *data)
{
    (void)data;
    interrupts++;
}

static void count_reschedules(void)
{
    interrupts = 0;
    (void)!arch_set_interrupt_handler(ARCH_VECTOR_RESCHEDULE, count_interrupt, NULL);
}

static void wake_1_here(uint32_t me)
{
    spin_lock(&lock);
    (void)sched_wake(thread_get(1), STATUS_OK);
    spin_unlock(&lock);
    arch_irq_window();
    note("%u: %u interrupts; ", me, interrupts);
}

TEST(a_wake_up_on_the_own_cpu_needs_no_interrupt)
{
    threads_on_start(count_reschedules);
    threads_add(1, 5, sleep_and_say_cpu);
    threads_add(0, 4, wake_1_here);
    run();
    assert_string_equal(notes(), "0: 0 interrupts; 1:cpu0 ");
}

static void kill_1(uint32_t me)
{
    (void)me;
    while (thread_get(1)->state != THREAD_RUNNING)
        arch_cpu_relax();
    sched_kill(thread_get(1));
}

static void spin_until_interrupted(uint32_t me)
{
    while (!arch_atomic_load32(&thread_current()->kill))
        arch_cpu_relax();
    uint32_t before = interrupts;
    arch_irq_window();
    note("%u killed, %u interrupt", me, interrupts - before);
}

TEST(a_kill_interrupts_the_cpu_of_its_victim)
{
    threads_on_start(count_reschedules);
    threads_add(0, 4, kill_1);
    threads_add(1, 4, spin_until_interrupted);
    run();
    assert_string_equal(notes(), "1 killed, 1 interrupt");
}

static void kill_others(uint32_t me)
{
    sched_kill(thread_get(me)); /* itself */
    sched_kill(thread_get(1));  /* asleep or ready */
    arch_irq_window();
    note("%u interrupts", interrupts);
}

TEST(a_kill_of_a_thread_that_does_not_run_elsewhere_interrupts_nobody)
{
    threads_on_start(count_reschedules);
    threads_add(0, 5, kill_others);
    threads_add(1, 4, say);
    run();
    assert_string_equal(notes(), "0 interrupts1@0 ");
}

TEST(a_kill_reaches_a_thread_on_another_cpu)
{
    threads_add(0, 4, kill_1);
    threads_add(1, 4, spin_until_killed);
    run();
    assert_string_equal(notes(), "1 killed");
}

static void work_40(uint32_t me)
{
    threads_work(40);
    say(me);
}

TEST(only_cpu_0_counts_time)
{
    threads_add(0, 4, work_40);
    threads_add(1, 4, work_40);
    run();
    /* Both CPUs ticked; had both counted, twice as many would have been seen. */
    assert_true(sched_ticks() <= arch_timer_get_ticks() / (NULL_FREQUENCY / SCHED_HZ));
}

static void work_and_count_locking(uint32_t me)
{
    uint32_t before = sched_state()->lock.next;

    for (uint32_t i = 0; i < 20; i++) {
        threads_work_deaf(1);
        for (uint32_t k = 0; k < 16; k++)
            arch_cpu_relax(); /* until the others have had their tick */
    }
    note("%u:%s ", me, sched_state()->lock.next - before <= 40 ? "left alone" : "taken by idle CPUs");
}

/* CPU 0's own ticks need the lock, about 30 in this time; those of three idle CPUs would need it 60 times more. */
TEST(idle_cpus_leave_the_lock_to_those_that_work)
{
    threads_begin(4);
    threads_add(0, 4, work_and_count_locking);
    run();
    assert_string_equal(notes(), "0:left alone ");
}

static void count_hook(uint64_t tick)
{
    (void)tick;
    note("hook ");
}

/* The tick of a CPU that is not the first, at a time when the first would begin an epoch and restart a thread. */
static void tick_elsewhere(uint32_t me)
{
    struct sched_state *s = sched_state();
    struct thread *self = thread_get(me), *faulted = thread_get(5);

    meet(me);
    if (self->cpu == 0)
        return;
    s->tick = 199;
    s->tick_hook = count_hook;
    self->used = 7;
    faulted->state = THREAD_FAULTED;
    waitq_push(s->links, &s->restarting, 5);
    null_trace(true);
    sched_tick(NULL);
    note("%u ticks, %u used, %u traced, %s", (uint32_t)s->tick, self->used, null_trace_count(), thread_state_name(faulted->state));
    waitq_remove(s->links, &s->restarting, 5);
    faulted->state = THREAD_INACTIVE;
    s->tick_hook = NULL;
}

TEST(another_cpu_s_tick_charges_its_thread_and_nothing_else)
{
    arrived = 0;
    threads_add(0, 4, tick_elsewhere);
    threads_add(1, 4, tick_elsewhere);
    run();
    assert_non_null(strstr(notes(), "199 ticks, 8 used, 0 traced, faulted"));
    assert_null(strstr(notes(), "hook"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(two_cpus_run_two_threads_at_once, setup_two_cpus),
        cmocka_unit_test_setup(a_wake_up_goes_to_an_idle_cpu, setup_two_cpus),
        cmocka_unit_test_setup(a_wake_up_of_the_lowest_priority_goes_to_an_idle_cpu_too, setup_two_cpus),
        cmocka_unit_test_setup(a_cpu_passes_on_what_it_does_not_take, setup),
        cmocka_unit_test_setup(idle_cpus_leave_the_lock_to_those_that_work, setup),
        cmocka_unit_test_setup(a_wake_up_on_the_own_cpu_needs_no_interrupt, setup),
        cmocka_unit_test_setup(a_wake_up_interrupts_the_cpu_that_runs_the_lowest, setup_two_cpus),
        cmocka_unit_test_setup(a_kill_reaches_a_thread_on_another_cpu, setup_two_cpus),
        cmocka_unit_test_setup(a_kill_interrupts_the_cpu_of_its_victim, setup_two_cpus),
        cmocka_unit_test_setup(a_kill_of_a_thread_that_does_not_run_elsewhere_interrupts_nobody, setup),
        cmocka_unit_test_setup(only_cpu_0_counts_time, setup_two_cpus),
        cmocka_unit_test_setup(another_cpu_s_tick_charges_its_thread_and_nothing_else, setup_two_cpus),
    };

    return cmocka_run_group_tests_name("smp", tests, NULL, NULL);
}
