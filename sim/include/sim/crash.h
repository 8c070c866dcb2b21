/* SPDX-License-Identifier: MIT */
/*
 * When this process itself does what no CPU can do: a crash of the kernel goes through the kernel's panic, a crash of the
 * simulator ends in exit code 70. Both say on stderr where it was. No program of a user can cause either.
 */
#pragma once
#include <stdint.h>

/** Catch crashes from now on, unless a sanitizer does. */
void crash_install(void);
/** Return addresses of the running fiber, innermost first; how many, at most `room`. */
uint32_t crash_backtrace(uintptr_t *pcs, uint32_t room);
/** Show such addresses on stderr, with function, file and line. */
void crash_show_places(const uintptr_t *pcs, uint32_t count);
/** Show on stderr, with function, file and line, what the running kernel context was called by. */
void crash_show_backtrace(void);
