/* SPDX-License-Identifier: MIT */
/* A machine that was booted once and put back for each run. */
#include <string.h>

#include <arch/context.h>
#include <arch/memory.h>
#include <arch/timer.h>
#include <base/compiler.h>
#include <null/user.h>
#include <support/unit.h>

#define FRAME (ARCH_RAM_BASE + (1u << 20))

/* Stands for a module of core: a thread that boot creates, and what it counts. */
static struct {
    uint32_t runs;
    struct arch_kstack stack;
    struct arch_context thread, boot;
} kernel KSTATE;

static void thread_main(void *arg)
{
    uint8_t *page = arg;

    kernel.runs++;
    page[0]++;
    page[PAGE_SIZE] = 1; /* which boot left alone */
    arch_context_switch(&kernel.thread, &kernel.boot);
    kernel.runs += 100;
    arch_power_off(ARCH_OFF_DONE, kernel.runs);
}

static void boot(void *arg)
{
    uint8_t *page = arch_phys_ptr(FRAME);

    (void)arg;
    memset(page, 7, PAGE_SIZE);
    assert_ok(arch_kstack_create(&kernel.stack, 3));
    arch_context_init(&kernel.thread, &kernel.stack, thread_main, page);
    arch_timer_init(100);
    fail_msg("the boot went on");
}

static void run(void *arg)
{
    (void)arg;
    arch_context_switch(&kernel.boot, &kernel.thread);
    null_advance(50);
    arch_context_switch(&kernel.boot, &kernel.thread);
}

static struct null_snapshot *booted(void)
{
    const struct null_config config = {.stop_when_booted = true};

    null_reset(&config);
    assert_int_equal(null_run(boot, NULL).kind, NULL_BOOTED);
    return null_snapshot_take();
}

static void every_run_starts_from_the_same_state(void **state)
{
    const struct null_snapshot *snapshot = booted();
    const uint8_t *page = arch_phys_ptr(FRAME);

    (void)state;
    for (int i = 0; i < 3; i++) {
        struct null_end end;

        null_snapshot_restore(snapshot);
        assert_int_equal(kernel.runs, 0);
        assert_int_equal(page[0], 7);
        assert_int_equal(page[PAGE_SIZE], 0);
        assert_int_equal(arch_timer_get_ticks(), 0);
        assert_int_equal(null_live_kstacks(), 1);
        end = null_run(run, NULL);
        assert_int_equal(end.kind, NULL_OFF);
        assert_int_equal(end.code, 101);
        assert_int_equal(page[0], 8);
        assert_int_equal(arch_timer_get_ticks(), 50);
    }
}

static bool trap_at_once(struct arch_user *user, struct arch_trap *trap)
{
    trap->pc = user->pc;
    return true;
}

static void programs_come_back(void **state)
{
    const struct null_snapshot *snapshot;
    struct arch_user user;

    (void)state;
    null_reset(&(struct null_config){.stop_when_booted = true});
    null_script(0x1000, trap_at_once);
    assert_int_equal(null_run(boot, NULL).kind, NULL_BOOTED);
    snapshot = null_snapshot_take();
    null_reset(NULL);
    arch_user_init(&user, 0x1000, 0);
    assert_null(user.step);
    null_snapshot_restore(snapshot);
    arch_user_init(&user, 0x1000, 0);
    assert_ptr_equal(user.step, trap_at_once);
}

static void start_tick(void *arg)
{
    (void)arg;
    arch_timer_init(100);
}

static void only_a_machine_that_asks_for_it_stops_when_booted(void **state)
{
    struct null_end end;

    (void)state;
    null_snapshot_restore(booted());
    end = null_run(start_tick, NULL);
    assert_int_equal(end.kind, NULL_RETURNED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_run_starts_from_the_same_state),
        cmocka_unit_test(programs_come_back),
        cmocka_unit_test(only_a_machine_that_asks_for_it_stops_when_booted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
