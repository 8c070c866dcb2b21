/* SPDX-License-Identifier: MIT */
/* When a run ends by itself. */
#include <sim/options.h>

enum { KEY_STOP_AT = OPTIONS_KEY_LIMITS, KEY_TIMEOUT };

static const struct argp_option table[] = {
    {NULL, 0, NULL, 0, "Limits:", 2},
    {"stop-at", KEY_STOP_AT, "TIME", 0, "End the run at this virtual time, such as 3s or 250ms", 0},
    {"timeout", KEY_TIMEOUT, "SECS", 0, "Give up after this many seconds of host time (exit code 124)", 0},
    {0},
};

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case KEY_STOP_AT: options->machine.stop_at_ns = options_time("stop-at", value); break;
    case KEY_TIMEOUT: options->machine.timeout_s = (uint32_t)options_number("timeout", value, 1, 1000000); break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

const struct argp options_limits = {.options = table, .parser = parse};
