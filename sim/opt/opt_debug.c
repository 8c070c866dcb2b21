/* SPDX-License-Identifier: MIT */
/* Debugging user code. (The kernel needs no option: the whole machine is one process, ./aegis gdb.) */
#include <sim/options.h>

enum { KEY_GDB = OPTIONS_KEY_DEBUG, KEY_GDB_AT, KEY_REVERSE };

static const struct argp_option table[] = {
    {NULL, 0, NULL, 0, "Debugging:", 7},
    {"gdb", KEY_GDB, "tcp:[HOST]:PORT|unix:PATH", OPTION_ARG_OPTIONAL,
        "Wait for gdb before the first instruction of a task (default tcp::1234); tasks are its threads", 0},
    {"gdb-at", KEY_GDB_AT, "@MOMENT", 0, "Wait for gdb at this moment instead, such as @1:4711 (implies --gdb)", 0},
    {"reverse", KEY_REVERSE, "on|off", 0, "off: keep no snapshots to go back to under gdb", 0},
    {0},
};

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case KEY_GDB: options->gdb = value != NULL ? value : "tcp::1234"; break;
    case KEY_GDB_AT:
        options->gdb_at = options_moment("gdb-at", value);
        if (options->gdb == NULL)
            options->gdb = "tcp::1234";
        break;
    case KEY_REVERSE: options->no_reverse = !options_switch("reverse", value); break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

const struct argp options_debug = {.options = table, .parser = parse};
