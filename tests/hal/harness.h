/* SPDX-License-Identifier: MIT */
/*
 * Harness of the HAL conformance suite. It needs core/base and a HAL, and no libc: the same source runs on hal-null,
 * in the simulator and on bare metal, as the kernel. Results go out through arch_serial_putchar() as TAP:
 *
 *     1..N
 *     ok 1 - memory map is sorted
 *     not ok 2 - ... # tests/hal/boot_test.c:40: count > 0
 *     ok 3 - ... # SKIP one CPU
 */
#pragma once
#include <abi/status.h>
#include <arch/boot.h>
#include <arch/mmu.h>
#include <support/frames.h>

struct hal_test {
    const char *name;
    void (*run)(void);
};

struct hal_group {
    const struct hal_test *tests;
    uint32_t count;
};

/** What the suite knows of the machine, filled before the first test. */
struct hal_context {
    const struct boot_info *info;
    struct boot_mmap_entry map[BOOT_MMAP_MAX];
    uint32_t map_count;
    struct test_frames frames; /* from the largest usable range */
};

extern struct hal_context hal;

/**
 * Does the condition hold? If not the running test fails with file, line and text, and the calling function returns.
 */
#define CHECK(condition)                                        \
    do {                                                        \
        if (!(condition)) {                                     \
            hal_fail(__FILE__, __LINE__, #condition);           \
            return;                                             \
        }                                                       \
    } while (0)

/** The same for status codes, which the message names. */
#define CHECK_STATUS(expression, expected)                                      \
    do {                                                                        \
        if (!hal_status((expression), (expected), __FILE__, __LINE__, #expression)) \
            return;                                                             \
    } while (0)
#define CHECK_OK(expression) CHECK_STATUS(expression, STATUS_OK)

/** This machine cannot show it: end the test as skipped. */
#define SKIP(reason)      \
    do {                  \
        hal_skip(reason); \
        return;           \
    } while (0)

/** Record a failure of the running test; the first one counts. */
void hal_fail(const char *file, int line, const char *what);
/** Record a failure unless the two are equal; returns whether they are. */
bool hal_status(status_t got, status_t expected, const char *file, int line, const char *what);
/** Has the running test failed? For loops over CHECKs in helper functions. */
bool hal_failed(void);
/** Say that the running test cannot be done here. */
void hal_skip(const char *reason);
/** Print through the serial port, waiting for it. */
void hal_print(const char *text);
/** On CPU 0: switch to another kernel context, which switches back at once. */
void hal_step_aside(void);
/** Run every group; returns the number of failed tests. */
uint32_t hal_run(const struct hal_group *const *groups, uint32_t count);

/** Wait until *flag is `value`, letting time pass; false after about a second of machine time. */
bool hal_wait_for(const uint32_t *flag, uint32_t value);
/** Let this much machine time pass. */
void hal_wait_milliseconds(uint32_t milliseconds);
