/* SPDX-License-Identifier: MIT */
/*
 * Panic: the kernel found itself broken. Prints where, tick, CPU, registers, backtrace and the last log lines, then ends
 * the machine. Takes no lock; a second panic while the first prints ends silently. Never reachable by a user program.
 */
#pragma once
#include <base/compiler.h>

NORETURN void panic_at(const char *file, int line, const char *func, const char *fmt, ...) PRINTF_LIKE(4, 5);

/** The panic of a kernel that crashed; for arch_set_crash_handler(). */
NORETURN void panic_crash(const char *what);

#define panic(...) panic_at(__FILE__, __LINE__, __func__, __VA_ARGS__)

/** Stays in every build. For the kernel's own promises only, never for what user code can cause. */
#define ASSERT(cond)                                                                                                   \
    do {                                                                                                               \
        if (UNLIKELY(!(cond)))                                                                                         \
            panic("assertion failed: %s", #cond);                                                                      \
    } while (0)
