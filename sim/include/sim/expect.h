/* SPDX-License-Identifier: MIT */
/*
 * What the console must or must not show. Each line that the machine's UART sends is held against extended regular
 * expressions; a line counts when it ends, and the last one when the machine does.
 */
#pragma once
#include <stdbool.h>

/** Add an expression by the option that names it, "expect" or "forbid"; exits 64 if it is none. */
void expect_add(const char *option, const char *regex);
/** Watch the console, if there is anything to watch for. Before the machine runs. */
void expect_start(void);
/**
 * The run has ended with `code`: the exit code that counts. Says on stderr what was missing or should not have been. `whole` false:
 * something was made to fail in this run, so that lines may be missing.
 */
int expect_finish(int code, bool whole);
