/* SPDX-License-Identifier: MIT */
/* The boot as a whole: from the boot information to tasks that run, on one CPU and on several, with and without a display. */
#include <support/calls.h>
#include <support/kernel.h>
#include <support/notes.h>
#include <support/unit.h>

#include <stdio.h>
#include <string.h>

#include <arch/memory.h>
#include <config/config.h>
#include <diag/check.h>
#include <diag/counters.h>
#include <diag/log.h>
#include <sched/sched.h>
#include <support/tsan.h>
#include <task/task.h>

static struct null_end end;
static uint32_t ran_on[ARCH_MAX_CPUS];

static int setup(void **state)
{
    (void)state;
    notes_clear();
    memset(ran_on, 0, sizeof(ran_on));
    kernel_new(NULL);
    return 0;
}

static void exit_7(struct arch_user *u)
{
    u_exit(u, 7);
}

TEST(boots_runs_its_task_and_powers_off)
{
    kernel_task(0, "caps=exit", exit_7);
    end = kernel_boot();
    assert_int_equal(end.kind, NULL_OFF);
    assert_int_equal(end.why, ARCH_OFF_DONE);
    assert_true(console_has("[aegis] task 0 exited (code=7)"));
}

static void crash_the_kernel(struct arch_user *u)
{
    (void)u;
    null_crash("division by zero");
}

TEST(a_crash_of_the_kernel_is_a_panic)
{
    kernel_task(0, "caps=exit", crash_the_kernel);
    end = kernel_boot();
    assert_int_equal(end.why, ARCH_OFF_PANIC);
    assert_true(console_has("panic_crash: the kernel crashed: division by zero\n"));
}

TEST(the_first_line_names_profile_and_machine)
{
    char line[120];

    kernel_task(0, "caps=exit", exit_7);
    (void)kernel_boot();
    snprintf(line, sizeof(line), "[aegis] Aegis kernel, profile %s, 1 CPU, 16384 KiB RAM\n", CONFIG_PROFILE_NAME);
    assert_int_equal(strncmp(null_serial(), line, strlen(line)), 0);
}

TEST(the_boot_log_is_out_before_the_first_task_runs)
{
    kernel_task(0, "caps=exit", exit_7);
    (void)kernel_boot();
    assert_true(strstr(null_serial(), "boot complete") < strstr(null_serial(), "exited"));
    kernel_new(&(struct null_config){.stop_when_booted = true});
    kernel_task(0, "caps=exit", exit_7);
    assert_int_equal(kernel_boot().kind, NULL_BOOTED);
    assert_true(console_has("boot complete: "));
}

TEST(tasks_start_in_the_order_of_their_priority)
{
    kernel_task(0, "caps=exit priority=2", exit_7);
    kernel_task(1, "caps=exit priority=6", exit_7);
    kernel_task(2, "caps=exit priority=4", exit_7);
    (void)kernel_boot();
    const char *first = strstr(null_serial(), "task 1 exited");
    const char *second = strstr(null_serial(), "task 2 exited");
    const char *third = strstr(null_serial(), "task 0 exited");
    assert_true(first && first < second && second < third);
}

TEST(a_machine_without_a_framebuffer_boots_with_fewer_checkpoints)
{
    kernel_task(0, "caps=exit", exit_7);
    (void)kernel_boot();
    assert_false(console_has("display cleared"));
    kernel_new(&(struct null_config){.framebuffer = true});
    kernel_task(0, "caps=exit", exit_7);
    (void)kernel_boot();
    assert_true(console_has("display cleared"));
}

TEST(all_modules_take_part_in_checks_and_hash)
{
    const char *module;

    kernel_task(0, "caps=exit", exit_7);
    (void)kernel_boot();
    assert_null(kernel_check(&module));
    uint64_t before = kernel_hash();
    task_get(0)->restarts++;
    assert_int_not_equal(kernel_hash(), before);
    task_get(0)->stack_page[0] = 0;
    assert_non_null(kernel_check(&module));
    assert_string_equal(module, "task");
}

static void break_an_invariant(struct arch_user *u)
{
    task_get(0)->image_page[3] = 4096; /* a page that is not mapped */
    (void)u_yield(u);
    note("went on ");
    u_exit(u, 0);
}

TEST(a_broken_invariant_is_found_at_the_next_exit)
{
    kernel_cmdline("check=invariants");
    kernel_task(0, "caps=all", break_an_invariant);
    end = kernel_boot();
    assert_int_equal(end.why, ARCH_OFF_PANIC);
    assert_string_equal(end.message, "invariant of task broken: a page of a task is not mapped");
    assert_string_equal(notes(), "");
}

TEST(a_broken_invariant_goes_unseen_if_nobody_asked)
{
    kernel_cmdline("check=nothing on-fault=go-on");
    kernel_task(0, "caps=all", break_an_invariant);
    end = kernel_boot();
    assert_int_equal(end.why, ARCH_OFF_DONE);
    assert_string_equal(notes(), "went on ");
}

static void yield_ten_times(struct arch_user *u)
{
    for (uint32_t i = 0; i < 10; i++)
        (void)u_yield(u);
    u_exit(u, 0);
}

TEST(a_sound_machine_passes_quick_checks)
{
    kernel_cmdline("check=quick");
    kernel_task(0, "caps=all", yield_ten_times);
    assert_int_equal(kernel_boot().why, ARCH_OFF_DONE);
}

TEST(a_quick_check_finds_what_it_looks_at)
{
    kernel_cmdline("check=quick");
    kernel_task(0, "caps=all", break_an_invariant);
    end = kernel_boot();
    assert_int_equal(end.why, ARCH_OFF_PANIC);
    assert_string_equal(notes(), "");
}

/* Every task works for ten ticks and says where. */
static void work_and_say_where(struct arch_user *u)
{
    null_compute(u, 100000);
    tsan_look_away();
    ran_on[arch_cpu_id()]++;
    tsan_look_back();
    u_exit(u, 0);
}

static void boot_on(uint32_t cpus, uint32_t tasks)
{
    kernel_new(&(struct null_config){.cpus = cpus});
    for (uint32_t i = 0; i < tasks; i++)
        kernel_task(i, "caps=all", work_and_say_where);
    end = kernel_boot();
    assert_string_equal(end.message, "");
    assert_int_equal(end.why, ARCH_OFF_DONE);
}

TEST(every_cpu_comes_online_and_works)
{
    for (uint32_t cpus = 2; cpus <= ARCH_MAX_CPUS; cpus++) {
        memset(ran_on, 0, sizeof(ran_on));
        boot_on(cpus, 8);
        for (uint32_t i = 0; i < cpus; i++)
            assert_true(ran_on[i] > 0);
        assert_true(console_has(": every CPU is online\n"));
    }
}

TEST(more_cpus_than_tasks_do_no_harm)
{
    boot_on(ARCH_MAX_CPUS, 2);
    assert_int_equal(counters_get()->exits, 2);
}

static void serve_three(struct arch_user *u)
{
    for (uint32_t i = 0; i < 3; i++)
        (void)u_send(u, 0, u_recv(u, 0).w[0] + 1000);
    u_exit(u, 0);
}

static void call_once(struct arch_user *u)
{
    note("%lu ", (unsigned long)u_call(u, 0, 5).w[0]);
    u_exit(u, 0);
}

TEST(conversations_work_between_cpus)
{
    kernel_new(&(struct null_config){.cpus = 4});
    kernel_cmdline("check=invariants");
    kernel_task(0, "caps=all", serve_three);
    for (uint32_t i = 1; i <= 3; i++)
        kernel_task(i, "caps=all", call_once);
    end = kernel_boot();
    assert_string_equal(end.message, "");
    assert_string_equal(notes(), "1005 1005 1005 ");
}

static void hang(struct arch_user *u)
{
    static uint32_t lives;

    if (lives++ % 2 == 1)
        u_exit(u, 0);
    (void)u_heartbeat(u, 10);
    null_compute(u, 100000000);
}

TEST(the_watchdog_reaches_a_task_that_runs_on_another_cpu)
{
    kernel_new(&(struct null_config){.cpus = 2});
    kernel_task(0, "caps=all", hang);
    end = kernel_boot();
    assert_int_equal(end.why, ARCH_OFF_DONE);
    assert_true(console_has("cause: no heartbeat for more than 10 ticks\n"));
}

static void wait_for_ever(struct arch_user *u)
{
    (void)u_wait_notify(u);
}

TEST(a_deadlock_is_found_with_several_cpus)
{
    kernel_new(&(struct null_config){.cpus = 3});
    kernel_task(0, "caps=all", wait_for_ever);
    kernel_task(1, "caps=all", wait_for_ever);
    end = kernel_boot();
    assert_int_equal(end.why, ARCH_OFF_DEADLOCK);
    assert_int_equal(console_count("deadlock: "), 1);
}

/* Lines that were logged, whether they reached the port or not. */
static uint32_t logged(const char *text)
{
    uint32_t n = 0;

    for (uint32_t age = 0; log_recent(age); age++)
        n += strstr(log_recent(age), text) != NULL;
    return n;
}

/* A slow line: the other CPUs find the machine dead as well while the first one still prints why. */
static void slow_line(void)
{
    static uint32_t looks;

    null_serial_set_busy(looks++ % 3001 != 0);
}

TEST(a_deadlock_is_reported_once_however_long_it_takes)
{
    kernel_new(&(struct null_config){.cpus = 4});
    kernel_task(0, "caps=all", wait_for_ever);
    kernel_task(1, "caps=all", wait_for_ever);
    kernel_prepare();
    null_set_preempt_hook(slow_line);
    end = kernel_continue();
    assert_int_equal(end.why, ARCH_OFF_DEADLOCK);
    assert_true(console_has("boot complete"));
    assert_int_equal(logged("deadlock: "), 1);
    assert_int_equal(logged("summary: "), 1);
}

static void crash_at_once(struct arch_user *u)
{
    u_crash(u);
}

TEST(the_first_reason_to_stop_counts)
{
    kernel_new(&(struct null_config){.cpus = 4});
    kernel_cmdline("on-fault=stop");
    for (uint32_t i = 0; i < 4; i++)
        kernel_task(i, "caps=all", crash_at_once);
    kernel_prepare();
    null_set_preempt_hook(slow_line);
    end = kernel_continue();
    assert_int_equal(end.why, ARCH_OFF_STOPPED);
    assert_int_equal(end.code, 1);
    assert_int_equal(logged("summary: "), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(boots_runs_its_task_and_powers_off, setup),
        cmocka_unit_test_setup(a_crash_of_the_kernel_is_a_panic, setup),
        cmocka_unit_test_setup(the_first_line_names_profile_and_machine, setup),
        cmocka_unit_test_setup(the_boot_log_is_out_before_the_first_task_runs, setup),
        cmocka_unit_test_setup(tasks_start_in_the_order_of_their_priority, setup),
        cmocka_unit_test_setup(a_machine_without_a_framebuffer_boots_with_fewer_checkpoints, setup),
        cmocka_unit_test_setup(all_modules_take_part_in_checks_and_hash, setup),
        cmocka_unit_test_setup(a_broken_invariant_is_found_at_the_next_exit, setup),
        cmocka_unit_test_setup(a_broken_invariant_goes_unseen_if_nobody_asked, setup),
        cmocka_unit_test_setup(a_quick_check_finds_what_it_looks_at, setup),
        cmocka_unit_test_setup(a_sound_machine_passes_quick_checks, setup),
        cmocka_unit_test_setup(every_cpu_comes_online_and_works, setup),
        cmocka_unit_test_setup(more_cpus_than_tasks_do_no_harm, setup),
        cmocka_unit_test_setup(conversations_work_between_cpus, setup),
        cmocka_unit_test_setup(the_watchdog_reaches_a_task_that_runs_on_another_cpu, setup),
        cmocka_unit_test_setup(a_deadlock_is_found_with_several_cpus, setup),
        cmocka_unit_test_setup(a_deadlock_is_reported_once_however_long_it_takes, setup),
        cmocka_unit_test_setup(the_first_reason_to_stop_counts, setup),
    };

    return cmocka_run_group_tests_name("boot", tests, NULL, NULL);
}
