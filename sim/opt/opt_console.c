/* SPDX-License-Identifier: MIT */
/* Who listens to the machine, and whether it keeps pace with them. */
#include <sim/options.h>

#include <string.h>

#include <sim/pace.h>

enum { KEY_SERIAL = OPTIONS_KEY_CONSOLE, KEY_RT };

static const struct argp_option table[] = {
    {NULL, 0, NULL, 0, "Console:", 5},
    {"serial", KEY_SERIAL, "stdio|pty|file:FILE|null", 0, "What stands behind UART0 (default stdio; a terminal is also input)", 0},
    {"rt", KEY_RT, "auto|on|off", 0, "Keep virtual time from running ahead of the wall clock (auto: while a person watches)", 0},
    {0},
};

static void parse_serial(struct console_plan *plan, const char *value)
{
    static const char *const kinds[] = {[CONSOLE_STDIO] = "stdio", [CONSOLE_PTY] = "pty", [CONSOLE_NULL] = "null"};

    plan->given = true;
    if (strncmp(value, "file:", 5) == 0 && value[5] != '\0') {
        plan->kind = CONSOLE_FILE;
        plan->path = value + 5;
        return;
    }
    for (int k = 0; k <= CONSOLE_NULL; k++) {
        if (kinds[k] != NULL && strcmp(value, kinds[k]) == 0) {
            plan->kind = (enum console_kind)k;
            return;
        }
    }
    options_bad_value("serial", value, "stdio, pty, file:FILE or null");
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case KEY_SERIAL: parse_serial(&options->console, value); break;
    case KEY_RT:
        if (strcmp(value, "auto") == 0)
            options->pace = PACE_AUTO;
        else
            options->pace = options_switch("rt", value) ? PACE_ON : PACE_OFF;
        break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

const struct argp options_console = {.options = table, .parser = parse};
