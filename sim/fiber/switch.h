/* SPDX-License-Identifier: MIT */
/* The few instructions of a stack switch, for the hosts that have them (switch_*.S). */
#pragma once
#include <ucontext.h>

#if defined(__x86_64__) || defined(__aarch64__)
#define FIBER_HAVE_SWITCH 1
/** Push the callee-saved registers, store the stack pointer in *save, continue at `load`. */
void fiber_swap_stack(void **save, void *load);
/** The same, but continue at a context made by makecontext(). */
void fiber_enter_context(void **save, const ucontext_t *context);
#else
#define FIBER_HAVE_SWITCH 0 /* another host: swapcontext(), with its system call */
#endif
