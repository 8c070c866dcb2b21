/* SPDX-License-Identifier: MIT */
/*
 * What stands behind UART0 on the host (--serial), and the person in front of it. A terminal is read key by key; Ctrl-A is
 * the machine's own key: Ctrl-A X ends it, Ctrl-A H helps, Ctrl-A Ctrl-A is a Ctrl-A for the machine.
 */
#pragma once
#include <stdbool.h>

enum console_kind { CONSOLE_STDIO, CONSOLE_PTY, CONSOLE_FILE, CONSOLE_NULL };

struct console_plan {
    enum console_kind kind;
    const char *path; /* CONSOLE_FILE */
    bool given;       /* --serial was given: stdin is input even if it is no terminal */
};

/** Connect UART0. Input is ignored if `replaying`. Before the machine starts. Returns an exit code after saying why, or 0. */
int console_open(const struct console_plan *plan, bool replaying);
/** Give the terminal back as it was. Async-signal-safe; harmless if there is nothing to give back. */
void console_restore(void);
/** Does a person sit in front of it? */
bool console_is_terminal(void);
