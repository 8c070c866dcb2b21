/* SPDX-License-Identifier: MIT */
/* Time: monotonic, of a known frequency, with a periodic interrupt. The last test leaves the tick running. */
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/timer.h>

#include "suite.h"

#define TICK_HZ 100u

static uint32_t ticks;

static void count_tick(void *data)
{
    *(uint32_t *)data += 1;
}

static void time_is_monotonic(void)
{
    uint64_t last = arch_timer_get_ticks();
    for (uint32_t i = 0; i < 10000; i++) {
        uint64_t now = arch_timer_get_ticks();
        CHECK(now >= last);
        last = now;
        if (i % 16 == 0)
            arch_cpu_relax();
    }
}

static void frequency_is_constant(void)
{
    uint32_t frequency = arch_timer_get_frequency();
    CHECK(frequency >= 1000);
    hal_wait_milliseconds(1);
    CHECK(arch_timer_get_frequency() == frequency);
}

static void relaxing_lets_time_pass(void)
{
    uint64_t start = arch_timer_get_ticks();
    uint32_t turns = 0;
    while (arch_timer_get_ticks() == start && turns < 100000000)
        turns++, arch_cpu_relax();
    CHECK(arch_timer_get_ticks() > start);
}

/*
 * A second of machine time, give or take two ticks. Where the machine's host is busy a CPU sleeps too long now and then,
 * and ticks merge; then it may be a little more.
 */
static void ticks_are_periodic(void)
{
    uint64_t tick = arch_timer_get_frequency() / TICK_HZ, allowed = (TICK_HZ + 2) * tick;
    ticks = 0;
    CHECK_OK(arch_set_interrupt_handler(ARCH_VECTOR_TIMER, count_tick, &ticks));
    arch_timer_init(TICK_HZ);
    arch_halt();
    uint64_t start = arch_timer_get_ticks(), last = start;
    uint32_t first = ticks;
    while (ticks < first + TICK_HZ) {
        uint32_t before = ticks;
        arch_halt();
        CHECK(ticks == before + 1);
        uint64_t now = arch_timer_get_ticks();
        if (now - last > tick + tick / 2)
            allowed = (TICK_HZ + TICK_HZ / 2) * tick;
        last = now;
    }
    CHECK(last - start >= (TICK_HZ - 2) * tick && last - start <= allowed);
}

static void disabled_ticks_are_one(void)
{
    uint32_t before = ticks;
    hal_wait_milliseconds(5 * 1000 / TICK_HZ);
    CHECK(ticks == before);
    arch_halt();
    CHECK(ticks == before + 1);
}

static void rtc_follows_time(void)
{
    uint64_t start = arch_rtc_read();
    uint64_t deadline = arch_timer_get_ticks() + 2ull * arch_timer_get_frequency();
    while (arch_timer_get_ticks() < deadline)
        arch_halt();
    uint64_t passed = arch_rtc_read() - start;
    CHECK(passed >= 1 && passed <= 3);
    CHECK(start > 946684800); /* 2000-01-01: a clock that was set */
}

static const struct hal_test tests[] = {
    {"time never goes back", time_is_monotonic},
    {"frequency is constant", frequency_is_constant},
    {"relaxing lets time pass", relaxing_lets_time_pass},
    {"the tick is periodic and wakes halt", ticks_are_periodic},
    {"ticks while disabled are one interrupt", disabled_ticks_are_one},
    {"the real-time clock follows", rtc_follows_time},
};
const struct hal_group hal_timer_group = {tests, ARRAY_LEN(tests)};
