/* SPDX-License-Identifier: MIT */
/* The event queue against a plain list: what fires, in which order, and what each change does to the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sim/event.h>
#include <sim/rng.h>

#include "doubles.h"

#define MANY 60u

static struct event *fired[4 * MANY];
static uint32_t fired_count;

static void note(struct event *event)
{
    fired[fired_count++] = event;
}

static int empty_queue(void **state)
{
    (void)state;
    while (event_next_time() != EVENT_NEVER)
        event_fire_next();
    fired_count = 0;
    return 0;
}

static void t_empty_queue_has_no_time(void **state)
{
    (void)state;
    assert_true(event_next_time() == EVENT_NEVER);
    assert_int_equal(event_count(EVENT_DEVICE), 0);
}

static void t_earliest_fires_first(void **state)
{
    static struct event a, b, c;

    (void)state;
    event_init(&a, EVENT_DEVICE, note, NULL);
    event_init(&b, EVENT_DEVICE, note, NULL);
    event_init(&c, EVENT_DEVICE, note, NULL);
    event_schedule(&a, 30);
    event_schedule(&b, 10);
    event_schedule(&c, 20);
    assert_true(event_next_time() == 10);
    event_fire_next();
    event_fire_next();
    event_fire_next();
    assert_ptr_equal(fired[0], &b);
    assert_ptr_equal(fired[1], &c);
    assert_ptr_equal(fired[2], &a);
}

static void t_same_time_fires_in_order_of_scheduling(void **state)
{
    static struct event e[MANY];

    (void)state;
    for (uint32_t i = 0; i < MANY; i++) {
        event_init(&e[i], EVENT_DEVICE, note, NULL);
        event_schedule(&e[i], 5);
    }
    for (uint32_t i = 0; i < MANY; i++) {
        event_fire_next();
        assert_ptr_equal(fired[i], &e[i]);
    }
}

static void t_scheduling_again_moves_the_event(void **state)
{
    static struct event a, b;

    (void)state;
    event_init(&a, EVENT_DEVICE, note, NULL);
    event_init(&b, EVENT_DEVICE, note, NULL);
    event_schedule(&a, 10);
    event_schedule(&b, 20);
    event_schedule(&a, 30);
    assert_int_equal(event_count(EVENT_DEVICE), 2);
    assert_true(event_next_time() == 20);
    event_fire_next();
    assert_ptr_equal(fired[0], &b);
    assert_true(event_next_time() == 30);
}

static void t_cancelled_event_does_not_fire(void **state)
{
    static struct event a, b;

    (void)state;
    event_init(&a, EVENT_DEVICE, note, NULL);
    event_init(&b, EVENT_DEVICE, note, NULL);
    event_schedule(&a, 10);
    event_schedule(&b, 20);
    event_cancel(&a);
    event_cancel(&a); /* twice is no harm */
    assert_false(event_pending(&a));
    assert_true(event_pending(&b));
    assert_true(event_next_time() == 20);
}

static void t_kinds_are_counted_apart(void **state)
{
    static struct event tick, device;

    (void)state;
    event_init(&tick, EVENT_TICK, note, NULL);
    event_init(&device, EVENT_DEVICE, note, NULL);
    event_schedule(&tick, 1);
    event_schedule(&device, 2);
    assert_int_equal(event_count(EVENT_TICK), 1);
    assert_int_equal(event_count(EVENT_DEVICE), 1);
    event_fire_next();
    assert_int_equal(event_count(EVENT_TICK), 0);
    assert_int_equal(event_count(EVENT_DEVICE), 1);
}

static void t_scheduling_ends_the_running_turn(void **state)
{
    static struct event a;

    (void)state;
    event_init(&a, EVENT_DEVICE, note, NULL);
    doubles.horizon = EVENT_NEVER;
    event_schedule(&a, 77);
    assert_true(doubles.horizon == 77);
}

static void again(struct event *event)
{
    note(event);
    if (fired_count < 3)
        event_schedule(event, event->time + 10);
}

static void t_event_may_schedule_itself(void **state)
{
    static struct event a;

    (void)state;
    event_init(&a, EVENT_TICK, again, NULL);
    event_schedule(&a, 10);
    while (event_next_time() != EVENT_NEVER)
        event_fire_next();
    assert_int_equal(fired_count, 3);
    assert_true(a.time == 30);
}

/* Random schedule, reschedule, cancel; the model is a scan over all events. */
static void t_agrees_with_a_plain_list(void **state)
{
    static struct event e[MANY];
    struct rng rng;

    (void)state;
    rng_init(&rng, 1, RNG_SCHEDULE);
    for (uint32_t i = 0; i < MANY; i++)
        event_init(&e[i], EVENT_DEVICE, note, NULL);
    for (uint32_t round = 0; round < 20000; round++) {
        struct event *some = &e[rng_below(&rng, MANY)];
        const struct event *first = NULL;
        switch (rng_below(&rng, 4)) {
        case 0:
        case 1: event_schedule(some, rng_below(&rng, 50)); break;
        case 2: event_cancel(some); break;
        default:
            for (uint32_t i = 0; i < MANY; i++) {
                if (event_pending(&e[i]) && (first == NULL || e[i].time < first->time ||
                    (e[i].time == first->time && e[i].order < first->order)))
                    first = &e[i];
            }
            assert_true(event_next_time() == (first == NULL ? EVENT_NEVER : first->time));
            if (first != NULL) {
                fired_count = 0;
                event_fire_next();
                assert_ptr_equal(fired[0], first);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(t_empty_queue_has_no_time, empty_queue),
        cmocka_unit_test_setup(t_earliest_fires_first, empty_queue),
        cmocka_unit_test_setup(t_same_time_fires_in_order_of_scheduling, empty_queue),
        cmocka_unit_test_setup_teardown(t_scheduling_again_moves_the_event, empty_queue, empty_queue),
        cmocka_unit_test_setup_teardown(t_cancelled_event_does_not_fire, empty_queue, empty_queue),
        cmocka_unit_test_setup_teardown(t_kinds_are_counted_apart, empty_queue, empty_queue),
        cmocka_unit_test_setup_teardown(t_scheduling_ends_the_running_turn, empty_queue, empty_queue),
        cmocka_unit_test_setup(t_event_may_schedule_itself, empty_queue),
        cmocka_unit_test_setup_teardown(t_agrees_with_a_plain_list, empty_queue, empty_queue),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
