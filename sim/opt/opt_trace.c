/* SPDX-License-Identifier: MIT */
/* Watching what tasks do. */
#include <sim/options.h>

enum { KEY_STRACE = OPTIONS_KEY_TRACE, KEY_TRACE, KEY_EVENTS, KEY_MOMENTS };

static const struct argp_option table[] = {
    {NULL, 0, NULL, 0, "Watching:", 6},
    {"strace", KEY_STRACE, NULL, 0, "Show every system call with its arguments and result on stderr", 0},
    {"trace", KEY_TRACE, "FILE", 0, "Write a timeline of CPUs and tasks as JSON, to be opened with ui.perfetto.dev", 0},
    {"events", KEY_EVENTS, "FILE", 0, "Write every event as a line of numbers, as bare metal does (docs/twin.md)", 0},
    {"moments", KEY_MOMENTS, NULL, 0, "Begin each line of the console with its moment, @SEED:EVENT", 0},
    {0},
};

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case KEY_STRACE: options->strace = true; break;
    case KEY_TRACE: options->trace = value; break;
    case KEY_EVENTS: options->events = value; break;
    case KEY_MOMENTS: options->moments = true; break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

const struct argp options_trace = {.options = table, .parser = parse};
