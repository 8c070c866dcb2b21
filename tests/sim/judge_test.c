/* SPDX-License-Identifier: MIT */
/* What --fail-each takes for a good end, and what not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <abi/status.h>
#include <arch/fault.h>
#include <sim/tasks.h>

#include "../../sim/fault/each.h"
#include "../../sim/fault/rule.h"

#define TEST(name) static void name(__attribute__((unused)) void **state)

static enum each_verdict judged(struct each_point p, bool deadlocks)
{
    p.verdict = EACH_VERDICT_COUNT;
    each_judge(&p, deadlocks);
    return p.verdict;
}

/* A task was hit, told by `status`, and the run ended with `code`. */
static struct each_point told(uint32_t point, status_t status, int code)
{
    return (struct each_point){.point = point, .task = 3, .told = true, .status = status, .code = code};
}

TEST(the_documented_error_is_fine_and_no_other)
{
    for (uint32_t point = 0; point < FAULT_POINT_COUNT; point++) {
        status_t right = (status_t)fault_points[point].status;
        enum each_verdict expected = point == FAULT_SEGMENT_LOAD ? EACH_UNDOCUMENTED : EACH_OK;

        assert_int_equal(judged(told(point, right, EXIT_OK), false), expected);
        assert_int_equal(judged(told(point, right, 63), false), expected);
        assert_int_equal(judged(told(point, STATUS_OK, EXIT_OK), false), EACH_UNDOCUMENTED);
        assert_int_equal(judged(told(point, ERR_BAD_STATE, EXIT_OK), false), EACH_UNDOCUMENTED);
        assert_int_equal(judged((struct each_point){.point = point, .task = 3}, false), EACH_UNDOCUMENTED);
    }
}

TEST(a_task_that_cannot_be_loaded_must_fault)
{
    struct each_point p = {.point = FAULT_SEGMENT_LOAD, .task = 3, .told = true, .load_fault = true};

    assert_int_equal(judged(p, false), EACH_OK);
    p.point = FAULT_USER_COPY;
    assert_int_equal(judged(p, false), EACH_UNDOCUMENTED);
}

TEST(a_boot_without_memory_stops_as_such)
{
    struct each_point p = {.point = FAULT_FRAME, .task = TASKS_NONE, .code = EXIT_CONFIG};

    assert_int_equal(judged(p, false), EACH_OK);
    p.code = EXIT_OK;
    assert_int_equal(judged(p, false), EACH_UNDOCUMENTED);
    p.code = EXIT_PANIC;
    assert_int_equal(judged(p, false), EACH_PANIC);
}

TEST(panics_and_crashes_are_found_whatever_was_told)
{
    assert_int_equal(judged(told(FAULT_QUEUE, ERR_QUEUE_FULL, EXIT_PANIC), true), EACH_PANIC);
    assert_int_equal(judged(told(FAULT_QUEUE, ERR_QUEUE_FULL, EXIT_SOFTWARE), true), EACH_CRASH);
    assert_int_equal(judged(told(FAULT_QUEUE, ERR_QUEUE_FULL, EXIT_CHECKER), true), EACH_CRASH);
    assert_int_equal(judged(told(FAULT_QUEUE, ERR_QUEUE_FULL, 128 + 11), true), EACH_CRASH);
    assert_int_equal(judged(told(FAULT_QUEUE, ERR_QUEUE_FULL, 1), true), EACH_OK);
}

TEST(what_goes_on_for_ever_hangs)
{
    struct each_point p = told(FAULT_QUEUE, ERR_QUEUE_FULL, EXIT_OK);

    p.limited = true;
    assert_int_equal(judged(p, true), EACH_HANG);
    assert_int_equal(judged(told(FAULT_QUEUE, ERR_QUEUE_FULL, EXIT_TIMEOUT), true), EACH_HANG);
    assert_int_equal(judged(told(FAULT_QUEUE, ERR_QUEUE_FULL, EXIT_STALLED), true), EACH_HANG);
}

TEST(a_deadlock_is_for_the_scenario_to_allow)
{
    assert_int_equal(judged(told(FAULT_QUEUE, ERR_QUEUE_FULL, EXIT_DEADLOCK), false), EACH_DEADLOCK);
    assert_int_equal(judged(told(FAULT_QUEUE, ERR_QUEUE_FULL, EXIT_DEADLOCK), true), EACH_OK);
    assert_int_equal(judged(told(FAULT_QUEUE, STATUS_OK, EXIT_DEADLOCK), true), EACH_UNDOCUMENTED);
    assert_int_equal(judged(told(FAULT_QUEUE, STATUS_OK, EXIT_DEADLOCK), false), EACH_UNDOCUMENTED);
}

TEST(a_lost_interrupt_may_leave_tasks_waiting_but_nothing_worse)
{
    struct each_point p = {.point = FAULT_IRQ, .task = TASKS_NONE, .code = EXIT_DEADLOCK};

    assert_int_equal(judged(p, false), EACH_OK);
    p.code = EXIT_OK;
    assert_int_equal(judged(p, false), EACH_OK);
    p.code = EXIT_PANIC;
    assert_int_equal(judged(p, false), EACH_PANIC);
    p.code = EXIT_CONFIG;
    assert_int_equal(judged(p, false), EACH_UNDOCUMENTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_documented_error_is_fine_and_no_other),
        cmocka_unit_test(a_task_that_cannot_be_loaded_must_fault),
        cmocka_unit_test(a_boot_without_memory_stops_as_such),
        cmocka_unit_test(panics_and_crashes_are_found_whatever_was_told),
        cmocka_unit_test(what_goes_on_for_ever_hangs),
        cmocka_unit_test(a_deadlock_is_for_the_scenario_to_allow),
        cmocka_unit_test(a_lost_interrupt_may_leave_tasks_waiting_but_nothing_worse),
    };

    return cmocka_run_group_tests_name("judge", tests, NULL, NULL);
}
