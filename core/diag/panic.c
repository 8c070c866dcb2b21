/* SPDX-License-Identifier: MIT */
#include <diag/panic.h>

#include "diag_priv.h"

#include <arch/boot.h>
#include <arch/debug.h>
#include <base/format.h>

#include <stdarg.h>

#define BACKTRACE_MAX 24u

/* The panic must work with every lock held, so nothing here takes one: each line goes straight to the port. */
static void panic_put(const char *fmt, ...) PRINTF_LIKE(1, 2);

static void panic_put(const char *fmt, ...)
{
    char line[256];
    size_t len;
    va_list args;

    va_start(args, fmt);
    len = format_v(line, sizeof(line), fmt, args);
    va_end(args);
    for (size_t i = 0; i < len; i++)
        arch_serial_putchar(line[i]);
    if (diag_state()->mirror)
        diag_state()->mirror(line, len);
}

static void panic_registers(void)
{
    const char *name;
    uint64_t value;

    panic_put("registers:");
    for (uint32_t i = 0; arch_kernel_register(i, &name, &value); i++)
        panic_put("%s%s=%016lx", i % 4 == 0 ? "\n  " : " ", name, (unsigned long)value);
    panic_put("\n");
}

static void panic_backtrace(void)
{
    uintptr_t pcs[BACKTRACE_MAX];
    uint32_t count = arch_backtrace(pcs, BACKTRACE_MAX);

    panic_put("backtrace:\n");
    for (uint32_t i = 0; i < count; i++)
        panic_put("  #%u %p\n", i, (void *)pcs[i]);
}

static void panic_last_lines(void)
{
    uint32_t oldest = 0;

    while (log_recent(oldest))
        oldest++;
    panic_put("last log lines:\n");
    while (oldest-- > 0)
        panic_put("  %s", log_recent(oldest));
}

/* A panic of the panic itself ends the machine. One on another CPU must not: what the first has to say comes first. */
static NORETURN void panic_again(uint32_t cpu)
{
    while (cpu != arch_cpu_id())
        arch_cpu_relax();
    arch_power_off(ARCH_OFF_PANIC, 0);
}

NORETURN void panic_at(const char *file, int line, const char *func, const char *fmt, ...)
{
    struct diag_state *d = diag_state();
    uint32_t first = 0;
    char message[200];
    va_list args;

    if (!__atomic_compare_exchange_n(&d->panicking, &first, 1 + arch_cpu_id(), false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        panic_again(first - 1);
    va_start(args, fmt);
    (void)format_v(message, sizeof(message), fmt, args);
    va_end(args);
    console_flush_raw();
    panic_put("\npanic: %s:%d %s: %s\n", file, line, func, message);
    panic_put("cpu %u, thread %d, tick %lu\n", arch_cpu_id(), d->thread ? (int)d->thread() : -1,
              (unsigned long)(d->tick ? d->tick() : 0));
    panic_registers();
    panic_backtrace();
    panic_last_lines();
    arch_panic(message);
}

void panic_crash(const char *what)
{
    panic("the kernel crashed: %s", what);
}
