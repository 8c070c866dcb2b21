/* SPDX-License-Identifier: MIT */
/*
 * The section that holds the state of all core modules (KSTATE). The linker defines its bounds; weak: it may be
 * empty.
 */
#pragma once
#include <stddef.h>

extern char __start_kstate[] __attribute__((weak));
extern char __stop_kstate[] __attribute__((weak));

static inline size_t kstate_size(void)
{
    return (size_t)(__stop_kstate - __start_kstate);
}
