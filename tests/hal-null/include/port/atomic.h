/* SPDX-License-Identifier: MIT */
#pragma once
#include <port/state.h>

static inline void arch_preempt_point(const void *word)
{
    (void)word;
    if (__builtin_expect(null_port.preempt != NULL, 0))
        null_port.preempt();
}
