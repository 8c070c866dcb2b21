/* SPDX-License-Identifier: MIT */
#include "harness.h"

#include <arch/atomic.h>
#include <arch/cpu.h>
#include <arch/timer.h>
#include <base/format.h>

struct hal_context hal;

/* The running test. */
static struct {
    bool failed;
    char why[160];
    const char *skip; /* NULL: not skipped */
} now;

void hal_print(const char *text)
{
    for (; *text != '\0'; text++)
        arch_serial_putchar(*text);
}

void hal_fail(const char *file, int line, const char *what)
{
    if (!now.failed)
        format(now.why, sizeof(now.why), "%s:%d: %s", file, line, what);
    now.failed = true;
}

bool hal_status(status_t got, status_t expected, const char *file, int line, const char *what)
{
    char text[128];
    if (got == expected)
        return true;
    format(text, sizeof(text), "%s is %s, not %s", what, status_name(got), status_name(expected));
    hal_fail(file, line, text);
    return false;
}

bool hal_failed(void)
{
    return now.failed;
}

void hal_skip(const char *reason)
{
    now.skip = reason;
}

static void report(uint32_t number, const char *name)
{
    char line[320];
    format(line, sizeof(line), "%s %u - %s", now.failed ? "not ok" : "ok", number, name);
    hal_print(line);
    if (now.failed)
        format(line, sizeof(line), " # %s", now.why);
    else if (now.skip != NULL)
        format(line, sizeof(line), " # SKIP %s", now.skip);
    else
        line[0] = '\0';
    hal_print(line);
    hal_print("\n");
}

uint32_t hal_run(const struct hal_group *const *groups, uint32_t count)
{
    char plan[24];
    uint32_t total = 0;
    uint32_t number = 0;
    uint32_t failures = 0;
    for (uint32_t g = 0; g < count; g++)
        total += groups[g]->count;
    format(plan, sizeof(plan), "1..%u\n", total);
    hal_print(plan);
    for (uint32_t g = 0; g < count; g++) {
        for (uint32_t t = 0; t < groups[g]->count; t++) {
            const struct hal_test *test = &groups[g]->tests[t];
            now.failed = false;
            now.skip = NULL;
            test->run();
            report(++number, test->name);
            failures += now.failed;
        }
    }
    return failures;
}

bool hal_wait_for(const uint32_t *flag, uint32_t value)
{
    uint64_t deadline = arch_timer_get_ticks() + arch_timer_get_frequency();
    while (arch_atomic_load32(flag) != value) {
        if (arch_timer_get_ticks() > deadline)
            return false;
        arch_cpu_relax();
    }
    return true;
}

void hal_wait_milliseconds(uint32_t milliseconds)
{
    uint64_t deadline = arch_timer_get_ticks() + (uint64_t)arch_timer_get_frequency() * milliseconds / 1000u;
    while (arch_timer_get_ticks() < deadline)
        arch_cpu_relax();
}
