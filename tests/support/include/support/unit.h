/* SPDX-License-Identifier: MIT */
/* What a unit test on hal-null includes: cmocka with the headers it wants before it, and assertions on status codes. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <abi/status.h>
#include <null/null.h>

/** Begins a test case: `TEST(what_must_hold) { ... }`. */
#define TEST(name) static void name(__attribute__((unused)) void **state)

/** Run `fn(arg)` on the machine and expect it to panic with exactly this message. */
#define assert_panics(fn, arg, text) unit_assert_panics((fn), (arg), (text), __FILE__, __LINE__)

/** The expression has this status; a failure names both. */
#define assert_status(expression, expected) \
    unit_assert_status((expression), (expected), #expression, __FILE__, __LINE__)
#define assert_ok(expression) assert_status(expression, STATUS_OK)

static inline void unit_assert_status(status_t got, status_t expected, const char *what, const char *file, int line)
{
    if (got == expected)
        return;
    print_error("%s: %s, not %s\n", what, status_name(got), status_name(expected));
    _fail(file, line);
}

static inline void unit_assert_panics(void (*fn)(void *), void *arg, const char *text, const char *file, int line)
{
    struct null_end end = null_run(fn, arg);

    if (end.kind != NULL_OFF || end.why != ARCH_OFF_PANIC) {
        print_error("no panic, but end %d (%d)\n", (int)end.kind, (int)end.why);
        _fail(file, line);
    }
    _assert_string_equal(end.message, text, file, line);
}

/** cmocka setup: the default machine, new for each test. */
static inline int unit_setup(void **state)
{
    (void)state;
    null_reset(NULL);
    return 0;
}
