/* SPDX-License-Identifier: MIT */
/*
 * Every fault point fails in turn, each time it is reached in a run that uses all of them: no panic, nothing left behind, and
 * whoever asked is told by the documented error. The invariants are checked at every kernel exit.
 */
#include <support/calls.h>
#include <support/kernel.h>
#include <support/unit.h>

#include <string.h>

#include <abi/layout.h>
#include <arch/fault.h>
#include <config/config.h>
#include <diag/check.h>
#include <ipc/ipc.h>
#include <mm/frame.h>

enum { SERVER, CLIENT, EARLY, LATE, CLUMSY };
enum { SERVICE = 0, PIPE = 1, GRANT = 1, IRQ = 33 };

static const struct {
    enum fault_point point;
    const char *name, *group;
    status_t status;
} points[] = {
#define ROW(point, name, group, status, what) {point, name, group, status},
    FAULT_POINTS(ROW)
#undef ROW
};

static uint32_t lives;
static struct null_end end;

/* -- The scenario: a task whose call fails gives up, as programs do -- */

static void need(struct arch_user *u, struct null_result result)
{
    if (result.status != STATUS_OK)
        u_exit(u, 1);
}

static void say(struct arch_user *u, uint32_t slot, const char *text)
{
    null_write(u, image_stack(slot), text, strlen(text));
    need(u, u_write(u, image_stack(slot), strlen(text)));
}

static void server(struct arch_user *u)
{
    for (uint32_t i = 0; i < 2; i++) {
        need(u, u_recv(u, SERVICE));
        need(u, u_send(u, SERVICE, 7));
    }
    u_exit(u, 0);
}

static void client(struct arch_user *u)
{
    need(u, u_grant_create(u, GRANT, SERVER));
    need(u, u_call(u, SERVICE, 1));
    say(u, CLIENT, "client\n");
    need(u, u_irq_bind(u, IRQ, 1));
    need(u, u_call(u, SERVICE, 2));
    u_exit(u, 0);
}

/* Finds nobody who receives, so its messages are queued. */
static void early(struct arch_user *u)
{
    need(u, u_send(u, PIPE, 1));
    need(u, u_send(u, PIPE, 2));
    say(u, EARLY, "early\n");
    u_exit(u, 0);
}

static void late(struct arch_user *u)
{
    need(u, u_recv(u, PIPE));
    need(u, u_device_map(u, 0));
    need(u, u_recv(u, PIPE));
    u_exit(u, 0);
}

static void clumsy(struct arch_user *u)
{
    if (lives++ < 2)
        u_crash(u);
    u_exit(u, 0);
}

static void run(enum fault_point point, uint32_t nth)
{
    lives = 0;
    kernel_new(NULL);
    kernel_cmdline("check=invariants");
    kernel_task(SERVER, "caps=recv_ep0+send_ep0+exit priority=4", server);
    kernel_task(CLIENT, "caps=grant_create+irq_bind+send_ep0+recv_ep0+write+exit priority=4", client);
    kernel_task(EARLY, "caps=send_ep1+write+exit priority=6", early);
    kernel_task(LATE, "caps=recv_ep1+device_map+exit priority=2 restart=fault", late);
    kernel_task(CLUMSY, "caps=exit priority=5 restart=fault", clumsy);
    kernel_prepare();
    null_trace(true);
    null_fault(point, nth);
    end = kernel_continue();
}

/* -- The verdict -- */

/* Was a task told, by the result of its call or by a fault that says so? */
static bool told(status_t status)
{
    for (uint32_t i = 0; i < null_trace_count(); i++) {
        const struct trace_event *e = null_trace_at(i);

        if (e->kind == TRACE_RETURN && (status_t)(int64_t)e->b == status)
            return true;
        if (status == ERR_IO && e->kind == TRACE_FAULT && e->e == TRACE_FAULT_LOAD)
            return true;
    }
    return false;
}

static void judge(uint32_t i, uint32_t nth)
{
    const char *module = NULL;
    bool booted = console_has("boot complete");
    bool good = end.kind == NULL_OFF && end.message[0] == '\0' && null_fault_count(points[i].point) >= nth;

    if (!booted)
        good = good && end.why == ARCH_OFF_CONFIG && (console_has("out of memory") || console_has(status_sentence(points[i].status)));
    else
        good = good && (end.why == ARCH_OFF_DONE || end.why == ARCH_OFF_DEADLOCK) && told(points[i].status) && !kernel_check(&module);
    if (end.why == ARCH_OFF_DONE)
        good = good && !kernel_leak(&module);
    if (!good) {
        print_error("%s, time %u: end %d, reason %d, message '%s'\n%s\n", points[i].name, nth, (int)end.kind, (int)end.why,
                    end.message, null_serial());
        fail();
    }
}

TEST(the_scenario_ends_well_when_nothing_fails)
{
    run(FAULT_FRAME, 0);
    assert_int_equal(end.kind, NULL_OFF);
    assert_int_equal(end.why, ARCH_OFF_DONE);
    assert_true(console_has("early\n"));
    assert_true(console_has("client\n"));
    assert_true(console_has("task 4 exited (code=0)"));
}

TEST(every_point_can_fail_each_time_it_is_reached)
{
    for (uint32_t i = 0; i < FAULT_POINT_COUNT; i++) {
        uint32_t times;

        run(points[i].point, 0);
        times = null_fault_count(points[i].point);
        if (times == 0)
            print_error("%s is never reached\n", points[i].name);
        assert_true(times > 0);
        for (uint32_t nth = 1; nth <= times; nth++) {
            run(points[i].point, nth);
            judge(i, nth);
        }
    }
}

TEST(points_have_names_of_their_own_and_errors)
{
    assert_int_equal(sizeof(points) / sizeof(points[0]), FAULT_POINT_COUNT);
    for (uint32_t i = 0; i < FAULT_POINT_COUNT; i++) {
        assert_int_equal(points[i].point, i);
        assert_true(points[i].status < 0);
        assert_true(points[i].group[0] == '\0' || strcmp(points[i].group, "pool") == 0);
        for (uint32_t k = 0; k < i; k++)
            assert_string_not_equal(points[i].name, points[k].name);
    }
}

/* -- Loading -- */

static void exit_0(struct arch_user *u)
{
    u_exit(u, 0);
}

static void one_task(const char *attributes, void (*program)(struct arch_user *u), uint32_t nth)
{
    lives = 0;
    kernel_new(NULL);
    kernel_cmdline("check=invariants");
    kernel_task(0, attributes, program);
    kernel_prepare();
    null_fault(FAULT_SEGMENT_LOAD, nth);
    end = kernel_continue();
}

TEST(a_task_that_cannot_be_loaded_faults_and_is_tried_again)
{
    one_task("caps=exit restart=fault", exit_0, 1);
    assert_int_equal(end.why, ARCH_OFF_DONE);
    assert_true(console_has("FAULT task 0 (t0)"));
    assert_true(console_has("cause: a segment of its program could not be loaded"));
    assert_true(console_has("task 0 restarted (1)"));
    assert_true(console_has("task 0 exited (code=0)"));
}

TEST(a_task_that_cannot_be_loaded_ends_if_its_policy_says_so)
{
    one_task("caps=exit restart=never", exit_0, 1);
    assert_int_equal(end.why, ARCH_OFF_DONE);
    assert_true(console_has("cause: a segment of its program could not be loaded"));
    assert_false(console_has("exited"));
}

TEST(a_restart_that_cannot_be_loaded_is_tried_again)
{
    uint32_t first;

    one_task("caps=exit restart=fault", clumsy, 0);
    first = null_fault_count(FAULT_SEGMENT_LOAD);
    one_task("caps=exit restart=fault", clumsy, first); /* the last load is that of a restart */
    assert_int_equal(end.why, ARCH_OFF_DONE);
    assert_true(console_has("cause: a segment of its program could not be loaded"));
    assert_true(console_has("task 0 restarted (3)"));
    assert_true(console_has("task 0 exited (code=0)"));
}

/* -- Leaks -- */

static void leak_a_frame(struct arch_user *u)
{
    paddr_t lost;

    if (frame_alloc(&lost) != STATUS_OK)
        u_exit(u, 1);
    u_exit(u, 0);
}

TEST(a_lost_frame_is_a_leak)
{
    one_task("caps=exit restart=never", leak_a_frame, 0);
    assert_int_equal(end.why, ARCH_OFF_PANIC);
    assert_string_equal(end.message, "invariant of frames broken: not as many frames are in use as when the boot was complete");
}

static void revive_with_an_interrupt(struct arch_user *u)
{
    if (ipc_irq_bind(CLIENT, IRQ, 1) != STATUS_OK) /* in the name of a task that never lived */
        u_exit(u, 1);
    u_exit(u, 0);
}

TEST(an_interrupt_left_bound_is_a_leak)
{
    kernel_new(NULL);
    kernel_task(0, "caps=exit restart=never", revive_with_an_interrupt);
    end = kernel_boot();
    const char *module = NULL;

    assert_int_equal(end.why, ARCH_OFF_DONE); /* nobody looks unless asked to */
    assert_string_equal(kernel_leak(&module), "an interrupt is bound");
    assert_string_equal(module, "ipc");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_scenario_ends_well_when_nothing_fails),
        cmocka_unit_test(every_point_can_fail_each_time_it_is_reached),
        cmocka_unit_test(points_have_names_of_their_own_and_errors),
        cmocka_unit_test(a_task_that_cannot_be_loaded_faults_and_is_tried_again),
        cmocka_unit_test(a_task_that_cannot_be_loaded_ends_if_its_policy_says_so),
        cmocka_unit_test(a_restart_that_cannot_be_loaded_is_tried_again),
        cmocka_unit_test(a_lost_frame_is_a_leak),
        cmocka_unit_test(an_interrupt_left_bound_is_a_leak),
    };

    return cmocka_run_group_tests_name("fail_each", tests, NULL, NULL);
}
