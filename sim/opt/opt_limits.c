/* SPDX-License-Identifier: MIT */
/* When a run ends by itself, what it must have shown by then, and what it may ask of its host. */
#include <string.h>

#include <sim/expect.h>
#include <sim/options.h>

enum { KEY_STOP_AT = OPTIONS_KEY_LIMITS, KEY_TIMEOUT, KEY_MUST_FINISH, KEY_EXPECT, KEY_FORBID, KEY_SANDBOX, KEY_ENTRIES, KEY_STALL };

static const struct argp_option table[] = {
    {NULL, 0, NULL, 0, "Limits:", 3},
    {"stop-at", KEY_STOP_AT, "TIME|@MOMENT", 0, "End the run at this virtual time, such as 3s or 250ms, or at a moment, such as @1:4711",
        0},
    {"timeout", KEY_TIMEOUT, "SECS", 0, "Give up after this many seconds of host time (exit code 124)", 0},
    {"entries", KEY_ENTRIES, "N", 0, "End the run after so many entries to the kernel, counted from the first user code", 0},
    {"stall", KEY_STALL, "TIME", 0, "End the run with exit code 84 if for this virtual time a CPU does not leave the kernel, or no "
        "task runs", 0},
    {"must-finish", KEY_MUST_FINISH, NULL, 0, "Being stopped by --stop-at is a failure (exit code 89)", 0},
    {"expect", KEY_EXPECT, "REGEX", 0, "Some line of the console must match this extended regular expression, or the exit "
        "code is 87; may be repeated", 0},
    {"forbid", KEY_FORBID, "REGEX", 0, "End the run with exit code 88 when a line of the console matches", 0},
    {"sandbox", KEY_SANDBOX, "on|off|strict", 0, "System calls of the running simulator: on allows those that it needs (default), "
        "strict also refuses to open files or to split, off allows all", 0},
    {0},
};

static enum sandbox_mode parse_sandbox(const char *value)
{
    static const char *const words[] = {[SANDBOX_ON] = "on", [SANDBOX_OFF] = "off", [SANDBOX_STRICT] = "strict"};

    for (enum sandbox_mode mode = SANDBOX_ON; mode <= SANDBOX_STRICT; mode++) {
        if (strcmp(value, words[mode]) == 0)
            return mode;
    }
    options_bad_value("sandbox", value, "on, off or strict");
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case KEY_STOP_AT:
        options->stop_at.text = NULL;
        options->machine.stop_at_ns = EVENT_NEVER;
        if (value[0] == '@')
            options->stop_at = options_moment("stop-at", value);
        else
            options->machine.stop_at_ns = options_time("stop-at", value);
        break;
    case KEY_TIMEOUT: options->machine.timeout_s = (uint32_t)options_number("timeout", value, 1, 1000000); break;
    case KEY_ENTRIES: options->machine.entries = options_number("entries", value, 1, 1000000000000); break;
    case KEY_STALL:
        options->machine.stall_ns = options_time("stall", value);
        if (options->machine.stall_ns < STALL_NS_MIN || options->machine.stall_ns > STALL_NS_MAX)
            options_bad_value("stall", value, "a virtual time of at least 1ms, such as 1s");
        break;
    case KEY_MUST_FINISH: options->must_finish = true; break;
    case KEY_EXPECT: expect_add("expect", value); break;
    case KEY_FORBID: expect_add("forbid", value); break;
    case KEY_SANDBOX: options->sandbox = parse_sandbox(value); break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

const struct argp options_limits = {.options = table, .parser = parse};
