/* SPDX-License-Identifier: MIT */
/* Between fiber.c and switch.S. */
#pragma once
#include <base/compiler.h>

struct arch_context;

/** Save the callee-saved registers on this stack, its pointer in *save_sp, and continue on `load_sp`. */
void null_stack_switch(void **save_sp, void *load_sp);
/** Where a new stack starts. Not a C function. */
void null_stack_start(void);
/** Called by null_stack_start() with the fiber's context. */
NORETURN void null_fiber_main(struct arch_context *ctx);

#if defined(__x86_64__)
/* Words that null_stack_switch() pops, from the stack pointer up. */
enum { FRAME_FP = 0, FRAME_ARG = 5, FRAME_PC = 7, FRAME_WORDS = 8 };
#define FRAME_FP_INITIAL (0x1F80ull | 0x037Full << 32) /* MXCSR, x87 control word: the ABI's initial state */
#else
enum { FRAME_FP = 19, FRAME_ARG = 0, FRAME_PC = 11, FRAME_WORDS = 20 };
#define FRAME_FP_INITIAL 0ull /* d15 */
#endif
