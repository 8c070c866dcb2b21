/* SPDX-License-Identifier: MIT */
/* Other schedules than the seed's own, and how to get one of them back. */
#include <sim/options.h>

#include <stdlib.h>
#include <string.h>

enum { KEY_CHAOS = OPTIONS_KEY_CHAOS, KEY_SEED, KEY_SCHEDULE, KEY_OUT, KEY_EXPLORE };

#define RUN_TIMEOUT_S 30u

static const struct argp_option table[] = {
    {NULL, 0, NULL, 0, "Exploration:", 8},
    {"chaos", KEY_CHAOS, "random[:N]|sticky[:N]|races[:N]|pct[:D]|off", 0, "Preempt CPUs in the kernel and around it: at about one "
        "point in N, or with strict priorities that change D-1 times (docs/explore.md)", 0},
    {"chaos-seed", KEY_SEED, "N", 0, "Seed of --chaos and --schedule (default 1)", 0},
    {"schedule", KEY_SCHEDULE, "FILE|LIST", 0, "Preempt exactly there: a list such as t3.14.5:2000,c1.0.7:900, or none", 0},
    {"schedule-out", KEY_OUT, "FILE", 0, "Write the preemptions of this run, by source line, as --schedule takes them", 0},
    {"explore", KEY_EXPLORE, "FIRST:COUNT", 0, "Boot once and run on with each of these chaos seeds; a line of JSON for each, and "
        "exit code 90 if one of them fails (./aegis explore)", 0},
    {0},
};

/* What looks like a stall is one; files that are named so can be given as ./NAME. */
static bool is_list(const char *value)
{
    return strcmp(value, "none") == 0 || ((value[0] == 't' || value[0] == 'c') && value[1] >= '0' && value[1] <= '9' &&
        strspn(value + 1, "0123456789.:,tc") == strlen(value + 1));
}

static void parse_schedule(struct chaos_plan *plan, const char *value)
{
    static char *text; /* lives on if the value is refused */
    const char *wrong;
    uint64_t size;

    if (!is_list(value)) {
        text = (char *)options_read_file("schedule", value, &size); /* has room for one byte more */
        text[size] = '\0';
    }
    wrong = chaos_parse_schedule(plan, text != NULL ? text : value);
    if (wrong != NULL)
        options_refuse(text != NULL ? EXIT_DATA : EXIT_USAGE, "--schedule=%s: %s", value, wrong);
    free(text);
    text = NULL;
}

static void parse_explore(struct explore_plan *plan, const char *value)
{
    const char *colon = strchr(value, ':');
    char first[32];

    snprintf(first, sizeof first, "%.*s", colon != NULL ? (int)(colon - value) : 0, value);
    if (colon == NULL)
        options_bad_value("explore", value, "a seed and how many, such as 1:1000");
    plan->first = options_number("explore", first, 0, UINT64_MAX / 2);
    plan->count = options_number("explore", colon + 1, 1, 1000000000);
    plan->timeout_s = RUN_TIMEOUT_S;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct options *options = state->input;
    struct chaos_plan *plan = &options->chaos;

    switch (key) {
    case KEY_CHAOS:
        if (!chaos_parse(plan, value))
            options_bad_value("chaos", value, "random, sticky, races or pct, with :N behind it if you like (1 to 1000000), or off");
        options->chaos_given = value;
        break;
    case KEY_SEED: plan->seed = options_number("chaos-seed", value, 0, UINT64_MAX); break;
    case KEY_SCHEDULE:
        parse_schedule(plan, value);
        options->schedule_given = value;
        break;
    case KEY_OUT: plan->out = value; break;
    case KEY_EXPLORE: parse_explore(&options->explore, value); break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

const struct argp options_chaos = {.options = table, .parser = parse};

/* What looks at one run, or keeps something of it. */
static const char *first_watcher(const struct options *options)
{
    const struct {
        const char *name;
        bool given;
    } watchers[] = {{"display=sdl", options->window}, {"gdb", options->gdb != NULL}, {"record", options->replay.record != NULL},
        {"replay", options->replay.replay != NULL}, {"check-determinism", options->replay.check},
        {"schedule-out", options->chaos.out != NULL}, {"trace", options->trace != NULL}, {"events", options->events != NULL},
        {"strace", options->strace}, {"screenshot", options->screenshot.path != NULL}, {"from", options->from.text != NULL}};

    for (size_t i = 0; i < sizeof watchers / sizeof *watchers; i++) {
        if (watchers[i].given)
            return watchers[i].name;
    }
    return NULL;
}

void options_check_chaos(struct options *options)
{
    const char *watcher = first_watcher(options);

    if (options->chaos_given != NULL && options->schedule_given != NULL && strcmp(options->chaos_given, "off") != 0)
        options_refuse(EXIT_USAGE, "--chaos and --schedule: a given schedule leaves nothing to chance; give one of the two");
    if (options->chaos.out != NULL && options->chaos.strategy == CHAOS_OFF)
        options_refuse(EXIT_USAGE, "--schedule-out: there is no schedule without --chaos or --schedule");
    if (options->chaos.strategy != CHAOS_OFF && (options->replay.record != NULL || options->replay.replay != NULL))
        options_refuse(EXIT_USAGE, "--%s and chaos: recordings know nothing of preemptions; --schedule-out=FILE writes them",
            options->replay.record != NULL ? "record" : "replay");
    if (options->explore.count == 0)
        return;
    if (options->chaos.strategy == CHAOS_OFF || options->chaos.strategy == CHAOS_SCHEDULE)
        options_refuse(EXIT_USAGE, "--explore: which runs? Give --chaos=random, sticky, races or pct");
    if (watcher != NULL)
        options_refuse(EXIT_USAGE, "--explore and --%s: nobody can watch all runs; explore first, then look at one", watcher);
    if (options->fail_each.points != 0)
        options_refuse(EXIT_USAGE, "--explore and --fail-each: both split the run; give one of the two");
    if (options->sandbox == SANDBOX_STRICT)
        options_refuse(EXIT_USAGE, "--explore and --sandbox=strict, in which no run can split; --sandbox=on allows it");
}
