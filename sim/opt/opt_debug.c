/* SPDX-License-Identifier: MIT */
/* Debugging user code. (The kernel needs no option: the whole machine is one process, ./aegis gdb.) */
#include <sim/options.h>

enum { KEY_GDB = OPTIONS_KEY_DEBUG };

static const struct argp_option table[] = {
    {NULL, 0, NULL, 0, "Debugging:", 7},
    {"gdb", KEY_GDB, "tcp:[HOST]:PORT|unix:PATH", OPTION_ARG_OPTIONAL,
        "Wait for gdb before the first instruction of a task (default tcp::1234); tasks are its threads", 0},
    {0},
};

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct options *options = state->input;

    if (key != KEY_GDB)
        return ARGP_ERR_UNKNOWN;
    options->gdb = value != NULL ? value : "tcp::1234";
    return 0;
}

const struct argp options_debug = {.options = table, .parser = parse};
