/* SPDX-License-Identifier: MIT */
/*
 * A machine that can be broken in one place: the linker sends the boot's calls through wraps.c (--wrap), which makes the
 * nth call of one function lie. Everything else is the real kernel on the real hal-null.
 */
#pragma once
#include <abi/types.h>

struct boot_fault {
    const char *checkpoint; /* the one that must fail */
    const char *function;   /* what lies */
    uint32_t nth;           /* in which of its calls, from 1; 0: in all */
    const char *how;        /* which lie, where there is more than one */
};

/** Break this from now on (NULL: nothing) and count calls from 0. */
void wraps_break(const struct boot_fault *fault);
/** Calls of arch_cpu_count() before the scheduler started. */
uint32_t wraps_cpu_count_calls(void);
