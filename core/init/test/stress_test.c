/* SPDX-License-Identifier: MIT */
/*
 * Eight tasks make random calls, right and wrong ones, crash, hang and exit, on 1 to 4 CPUs that change at random
 * preemption points. The kernel may end as done, deadlocked or stopped by the clock, but never panics, and its invariants
 * are checked at every kernel exit of every other run. The same seed gives the same run.
 */
#include <support/calls.h>
#include <support/kernel.h>
#include <support/random.h>
#include <support/tsan.h>
#include <support/unit.h>

#include <stdlib.h>
#include <string.h>

#include <arch/atomic.h>
#include <diag/check.h>
#include <diag/counters.h>
#include <task/task.h>

#define TASKS 8u

struct run {
    uint32_t cpus;
    uint64_t seed;
};

static struct test_random task_random[TASKS], hook_random;

static uint32_t slot_of(const struct arch_user *u)
{
    for (uint32_t i = 0; i < TASKS; i++)
        if (u == &task_get(i)->thread->user)
            return i;
    return 0;
}

static uint32_t pick(struct test_random *random, uint32_t n)
{
    return test_random_below(random, n);
}

static void message_move(struct arch_user *u, struct test_random *r)
{
    uint64_t ep = pick(r, 300) == 0 ? 4 : pick(r, 2); /* an unknown one is a fault; few, so that partners meet */

    switch (pick(r, 4)) {
    case 0:
        (void)u_send(u, ep, pick(r, 100));
        break;
    case 1:
        (void)u_call(u, ep, pick(r, 100));
        break;
    default:
        (void)u_recv(u, ep);
        (void)u_send(u, ep, 1);
        break;
    }
}

static void memory_move(struct arch_user *u, struct test_random *r)
{
    switch (pick(r, 6)) {
    case 5:
        (void)u_write(u, LAYOUT_GRANT_BASE + pick(r, 4) * LAYOUT_GRANT_STRIDE, 8);
        break;
    case 0:
        (void)u_grant_create(u, pick(r, 5), pick(r, TASKS + 1));
        break;
    case 1:
        (void)u_grant_revoke(u, pick(r, 5));
        break;
    case 2:
        (void)u_device_map(u, pick(r, 4));
        break;
    case 3:
        (void)u_write(u, image_base(slot_of(u)) + pick(r, PAGE_SIZE), pick(r, 20));
        break;
    default:
        (void)u_write(u, image_base(pick(r, TASKS)), 4);
        break;
    }
}

static void signal_move(struct arch_user *u, struct test_random *r)
{
    switch (pick(r, 12)) {
    case 0:
        (void)u_wait_notify(u);
        break;
    case 1:
        (void)u_irq_bind(u, 30 + pick(r, 20), pick(r, 3));
        break;
    case 2:
        (void)u_irq_ack(u, 30 + pick(r, 20));
        break;
    default:
        (void)u_notify(u, pick(r, TASKS + 1), pick(r, 4));
        break;
    }
}

static void life_move(struct arch_user *u, struct test_random *r)
{
    switch (pick(r, 120)) {
    case 0:
        u_crash(u);
        break;
    case 1:
        u_exit(u, pick(r, 100));
        break;
    case 2:
        (void)null_call(u, 14 + pick(r, 4), 0, 0, 0, 0, 0);
        break;
    case 3:
        (void)u_heartbeat(u, 1 + pick(r, 30));
        break;
    case 4:
        null_line(32 + pick(r, 16), pick(r, 2) != 0);
        break;
    default:
        null_compute(u, pick(r, 3000));
        break;
    }
}

static void random_moves(struct arch_user *u)
{
    static void (*const move[])(struct arch_user *, struct test_random *) = {message_move, message_move, memory_move,
                                                                             signal_move, life_move};
    struct test_random *r = &task_random[slot_of(u)];

    for (;;)
        move[pick(r, 5)](u, r);
}

static void maybe_change_cpu(void)
{
    static bool inside;
    bool change;

    tsan_look_away();
    change = !inside && pick(&hook_random, 8) == 0;
    tsan_look_back();
    if (!change)
        return;
    inside = true;
    arch_cpu_relax();
    inside = false;
}

static struct null_end run_once(const struct run *run)
{
    static const char *const attributes[] = {
        "caps=all priority=4 heartbeat=15",           "caps=all priority=5 heartbeat=10 budget=7",
        "caps=all priority=3 heartbeat=25",           "caps=all priority=4 heartbeat=5",
        "caps=all priority=6 heartbeat=20 restart=always", "caps=0x7FFFF priority=4 heartbeat=15",
        "caps=all priority=2 heartbeat=30 budget=20", "caps=all priority=4 restart=never"};

    kernel_new(&(struct null_config){.cpus = run->cpus, .stop_at = 10000000});
    /* Half of the runs without: the locks that checking takes would hide races from the ThreadSanitizer. */
    kernel_cmdline(run->seed % 2 == 0 ? "" : "check=invariants");
    for (uint32_t i = 0; i < TASKS; i++) {
        task_random[i].state = run->seed * 1000 + i + 1;
        kernel_task(i, attributes[i], random_moves);
    }
    hook_random.state = run->seed + 7;
    kernel_prepare();
    if (run->cpus > 1)
        null_set_preempt_hook(maybe_change_cpu);
    return kernel_continue();
}

TEST(random_calls_never_break_the_kernel)
{
    const struct run *run = *state;
    const char *module;

    for (uint64_t seed = run->seed; seed < run->seed + 3; seed++) {
        const struct run one = {.cpus = run->cpus, .seed = seed};
        struct null_end end = run_once(&one);

        if (end.why == ARCH_OFF_PANIC)
            print_error("seed %lu: %s\n", (unsigned long)seed, end.message);
        assert_true(end.kind == NULL_OFF || end.kind == NULL_STOPPED);
        assert_int_not_equal(end.why, ARCH_OFF_PANIC);
        if (run->cpus == 1)
            assert_null(kernel_check(&module));
        assert_true(counters_get()->calls > 100);
    }
}

TEST(the_same_seed_gives_the_same_run)
{
    const struct run *run = *state;
    char *first;

    (void)run_once(run);
    first = strdup(null_serial());
    (void)run_once(run);
    assert_string_equal(null_serial(), first);
    free(first);
}

static void share_again_and_again(struct arch_user *u)
{
    (void)u_yield(u);
    for (uint32_t i = 0; i < 300; i++) {
        (void)u_grant_create(u, 0, 1);
        (void)u_grant_revoke(u, 0);
    }
    u_exit(u, 0);
}

static void print_what_is_shared(struct arch_user *u)
{
    for (uint32_t i = 0; i < 300; i++)
        (void)u_write(u, LAYOUT_GRANT_BASE, 8);
    u_exit(u, 0);
}

/* WRITE walks the page tables that another CPU is changing. */
TEST(a_grant_comes_and_goes_while_its_peer_prints_it)
{
    hook_random.state = 5;
    kernel_new(&(struct null_config){.cpus = 2});
    kernel_task(0, "caps=all", share_again_and_again);
    kernel_task(1, "caps=all", print_what_is_shared);
    kernel_prepare();
    null_set_preempt_hook(maybe_change_cpu);
    assert_int_equal(kernel_continue().why, ARCH_OFF_DONE);
}

static const struct run runs[] = {{1, 11}, {2, 22}, {3, 33}, {4, 44}};

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(random_calls_never_break_the_kernel, (void *)&runs[0]),
        cmocka_unit_test_prestate(random_calls_never_break_the_kernel, (void *)&runs[1]),
        cmocka_unit_test_prestate(random_calls_never_break_the_kernel, (void *)&runs[2]),
        cmocka_unit_test_prestate(random_calls_never_break_the_kernel, (void *)&runs[3]),
        cmocka_unit_test_prestate(the_same_seed_gives_the_same_run, (void *)&runs[0]),
        cmocka_unit_test_prestate(the_same_seed_gives_the_same_run, (void *)&runs[3]),
        cmocka_unit_test(a_grant_comes_and_goes_while_its_peer_prints_it),
    };

    return cmocka_run_group_tests_name("stress", tests, NULL, NULL);
}
