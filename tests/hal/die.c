/* SPDX-License-Identifier: MIT */
/*
 * Ends that a running suite cannot survive: `die=overflow` runs off the end of a kernel stack, `die=panic` panics,
 * `die=crash` writes to address 0, `die=off` powers off with code 7, `die=reset` resets, `die=smp-panic` panics while
 * another CPU runs; `die=race` lets two CPUs write the same variable without a lock, which only the ThreadSanitizer minds.
 * The test that started the machine checks how it ended; a machine that goes on says "survived".
 */
#include <arch/cpu.h>
#include <arch/debug.h>
#include <arch/memory.h>
#include <arch/smp.h>
#include <base/cmdline.h>
#include <base/string.h>

#include "suite.h"

static void on_crash(const char *what)
{
    hal_print("crashed: ");
    hal_print(what);
    hal_print("\n");
    arch_panic("die=crash");
}

static void crash(void)
{
    static volatile uint32_t *volatile nothing; /* volatile: the compiler must not know */

    arch_set_crash_handler(on_crash);
    *nothing = 1;
}

/* Deeper and deeper, in steps that cannot jump over a guard page; `depth` keeps the compiler from making it a loop. */
static uint32_t eat_stack(volatile uint8_t *above, uint32_t depth)
{
    volatile uint8_t frame[PAGE_SIZE / 4];
    frame[0] = (uint8_t)(above[0] + depth);
    return depth == 0 ? frame[0] : eat_stack(frame, depth - 1) + frame[0];
}

static uint32_t unprotected; /* on purpose */

static void keep_busy(uint32_t cpu)
{
    (void)cpu;
    for (;;) {
        unprotected++;
        arch_cpu_relax();
    }
}

static void race(void)
{
    if (arch_start_cpu(1, keep_busy) != STATUS_OK)
        return;
    for (uint32_t i = 0; i < 1000; i++) {
        unprotected++;
        arch_cpu_relax();
    }
}

void hal_die(const char *cmdline)
{
    char how[16];
    if (!cmdline_get(cmdline, "die", how, sizeof(how)))
        return;
    hal_print("dying\n");
    hal_wait_milliseconds(20); /* until it has left the transmitter */
    if (str_eq(how, "overflow")) {
        volatile uint8_t seed[1] = {1};
        if (eat_stack(seed, 16 * ARCH_STACK_SIZE / PAGE_SIZE) != 0)
            hal_print("...\n");
    } else if (str_eq(how, "panic")) {
        arch_panic("die=panic");
    } else if (str_eq(how, "crash")) {
        crash();
    } else if (str_eq(how, "off")) {
        arch_power_off(ARCH_OFF_DONE, 7);
    } else if (str_eq(how, "reset")) {
        arch_reset();
    } else if (str_eq(how, "smp-panic")) {
        if (arch_start_cpu(1, keep_busy) == STATUS_OK)
            arch_panic("die=smp-panic");
    } else if (str_eq(how, "race")) {
        race();
    }
    hal_print("survived\n");
    arch_power_off(ARCH_OFF_DONE, 0);
}
