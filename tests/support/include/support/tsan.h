/* SPDX-License-Identifier: MIT */
/* What a test does between these two is the test's own and no access of the kernel, even from several simulated CPUs. */
#pragma once

void __tsan_ignore_thread_begin(void) __attribute__((weak));
void __tsan_ignore_thread_end(void) __attribute__((weak));

static inline void tsan_look_away(void)
{
    if (__tsan_ignore_thread_begin)
        __tsan_ignore_thread_begin();
}

static inline void tsan_look_back(void)
{
    if (__tsan_ignore_thread_end)
        __tsan_ignore_thread_end();
}
