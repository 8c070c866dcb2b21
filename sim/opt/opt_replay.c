/* SPDX-License-Identifier: MIT */
/* The same run again. */
#include <sim/options.h>

enum { KEY_RECORD = OPTIONS_KEY_REPLAY, KEY_REPLAY, KEY_CHECK, KEY_FROM };

static const struct argp_option table[] = {
    {NULL, 0, NULL, 0, "Determinism:", 4},
    {"record", KEY_RECORD, "FILE", 0, "Write everything the run depends on, image and input included, and marks of what happened", 0},
    {"replay", KEY_REPLAY, "FILE", 0, "Do a recorded run again, whatever the other options say; exit code 86 if it is not the same", 0},
    {"check-determinism", KEY_CHECK, NULL, 0, "Run twice and compare every event; on a difference show the first (exit code 85)", 0},
    {"from", KEY_FROM, "@MOMENT", 0, "Show nothing of the run, or of the recorded one, before this moment", 0},
    {0},
};

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case KEY_RECORD: options->replay.record = value; break;
    case KEY_REPLAY: options->replay.replay = value; break;
    case KEY_CHECK: options->replay.check = true; break;
    case KEY_FROM: options->from = options_moment("from", value); break;
    case ARGP_KEY_END:
        if (options->double_read.change && (options->replay.record != NULL || options->replay.replay != NULL))
            options_refuse(EXIT_USAGE, "--check=double-read,change and --%s: a recording knows nothing of such changes; leave one of them "
                "out", options->replay.record != NULL ? "record" : "replay");
        break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

const struct argp options_replay = {.options = table, .parser = parse};
