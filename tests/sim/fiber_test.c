/* SPDX-License-Identifier: MIT */
/* Fibers: stacks that take turns keep what is on them, and may be stopped and started over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sim/fiber.h>

#define FIBERS 4
#define STACK (64u * 1024)

static struct fiber *host;
static uint32_t trail[64], steps;

static void deep(uint32_t depth, uint8_t mark)
{
    volatile uint8_t page[512];

    memset((void *)page, mark, sizeof page);
    if (depth > 0)
        deep(depth - 1, mark);
    else
        fiber_switch(host, FIBER_UNORDERED);
    for (uint32_t i = 0; i < sizeof page; i++)
        assert_int_equal(page[i], mark);
}

static void body(void *arg)
{
    uint8_t id = *(const uint8_t *)arg;

    for (;;) {
        trail[steps++ % 64] = id;
        deep(8, id);
    }
}

static int adopt(void **state)
{
    (void)state;
    host = fiber_adopt();
    return 0;
}

static void t_fibers_take_turns(void **state)
{
    static const uint8_t ids[FIBERS] = {1, 2, 3, 4};
    struct fiber *f[FIBERS];

    (void)state;
    steps = 0;
    for (uint32_t i = 0; i < FIBERS; i++) {
        f[i] = fiber_create(STACK);
        assert_non_null(f[i]);
        fiber_prepare(f[i], body, (void *)&ids[i]);
    }
    for (uint32_t i = 0; i < 3 * FIBERS; i++)
        fiber_switch(f[i % FIBERS], FIBER_ORDERED);
    assert_int_equal(steps, 3 * FIBERS);
    for (uint32_t i = 0; i < steps; i++)
        assert_int_equal(trail[i], i % FIBERS + 1);
    for (uint32_t i = 0; i < FIBERS; i++)
        fiber_destroy(f[i]);
}

static void t_preparing_does_not_run(void **state)
{
    static const uint8_t id = 7;
    struct fiber *f = fiber_create(STACK);

    (void)state;
    steps = 0;
    fiber_prepare(f, body, (void *)&id);
    assert_int_equal(steps, 0);
    assert_ptr_equal(fiber_self(), host);
    fiber_destroy(f); /* one that never ran */
}

static void t_prepared_again_starts_over(void **state)
{
    static const uint8_t first = 1, second = 2;
    struct fiber *f = fiber_create(STACK);

    (void)state;
    steps = 0;
    fiber_prepare(f, body, (void *)&first);
    fiber_switch(f, FIBER_ORDERED);
    fiber_prepare(f, body, (void *)&second); /* in the middle of what it did */
    fiber_switch(f, FIBER_ORDERED);
    assert_int_equal(trail[0], 1);
    assert_int_equal(trail[1], 2);
    fiber_destroy(f);
}

static struct fiber *pair[2];

static void ping(void *arg)
{
    uint32_t me = *(const uint32_t *)arg;

    for (;;) {
        assert_ptr_equal(fiber_self(), pair[me]);
        trail[steps % 64] = me;
        fiber_switch(++steps == 10 ? host : pair[!me], FIBER_UNORDERED);
    }
}

static void t_fibers_switch_among_themselves(void **state)
{
    static const uint32_t who[2] = {0, 1};

    (void)state;
    steps = 0;
    for (uint32_t i = 0; i < 2; i++) {
        pair[i] = fiber_create(STACK);
        fiber_prepare(pair[i], ping, (void *)&who[i]);
    }
    fiber_switch(pair[0], FIBER_ORDERED);
    assert_int_equal(steps, 10);
    for (uint32_t i = 0; i < 10; i++)
        assert_int_equal(trail[i], i % 2);
    fiber_destroy(pair[0]);
    fiber_destroy(pair[1]);
}

static void t_stack_is_as_large_as_asked(void **state)
{
    struct fiber *f = fiber_create(STACK + 1);
    uintptr_t low;
    size_t size;

    (void)state;
    fiber_stack(f, &low, &size);
    assert_true(size >= STACK + 1);
    assert_true(low % 4096 == 0);
    *(volatile uint8_t *)low = 1;
    *(volatile uint8_t *)(low + size - 1) = 1;
    fiber_destroy(f);
}

static void t_switch_to_itself_is_nothing(void **state)
{
    (void)state;
    fiber_switch(fiber_self(), FIBER_ORDERED);
    assert_ptr_equal(fiber_self(), host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t_fibers_take_turns),
        cmocka_unit_test(t_preparing_does_not_run),
        cmocka_unit_test(t_prepared_again_starts_over),
        cmocka_unit_test(t_fibers_switch_among_themselves),
        cmocka_unit_test(t_stack_is_as_large_as_asked),
        cmocka_unit_test(t_switch_to_itself_is_nothing),
    };

    return cmocka_run_group_tests(tests, adopt, NULL);
}
