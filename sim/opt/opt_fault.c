/* SPDX-License-Identifier: MIT */
/* What fails although nothing is broken. */
#include <sim/fail_each.h>
#include <sim/fault.h>
#include <sim/options.h>

#include <stdlib.h>
#include <string.h>

enum { KEY_FAULT = OPTIONS_KEY_FAULT, KEY_FAULT_SEED, KEY_FAIL_EACH, KEY_JSON };

static const struct argp_option table[] = {
    {NULL, 0, NULL, 0, "Faults:", 8},
    {"fault", KEY_FAULT, "POINT[,KEY=VALUE...]", 0, "Let something fail: nth=N, times=T, prob=P%, after=TIME, task=NAME say when; "
        "--fault=help lists the points. May be repeated", 0},
    {"fault-seed", KEY_FAULT_SEED, "N", 0, "Seed of everything that is random about faults (default: that of --seed)", 0},
    {"fail-each", KEY_FAIL_EACH, "POINT[+POINT...]|all", 0, "Let each occurrence of these points fail in turn, each in a branch of "
        "the run, and show what became of it (exit code 90 if something was found). ,allow=deadlock ,jobs=N ,limit=TIME", 0},
    {"json", KEY_JSON, "FILE", 0, "With --fail-each: write the table as JSON too", 0},
    {0},
};

static void add_rule(struct fault_plan *plan, const char *text)
{
    if (strcmp(text, "help") == 0) {
        fault_print_points();
        exit(EXIT_OK);
    }
    const char *wrong = fault_rule_damage(text);
    if (wrong != NULL)
        options_refuse(EXIT_USAGE, "--fault=%s: %s", text, wrong);
    if (plan->count == FAULT_RULES_MAX)
        options_refuse(EXIT_USAGE, "--fault=%s: at most %u of them", text, FAULT_RULES_MAX);
    plan->rules[plan->count++] = text;
}

/* A rule about the TLBs says how they are all the time. */
static void check_rules(const struct fault_plan *plan)
{
    uint32_t modes = 0;

    for (uint32_t i = 0; i < plan->count; i++) {
        if (strcspn(plan->rules[i], ",=") == strlen("tlb") && strncmp(plan->rules[i], "tlb", strlen("tlb")) == 0 && ++modes > 1)
            options_refuse(EXIT_USAGE, "--fault=%s: TLBs have one mode; give one rule about them", plan->rules[i]);
    }
}

static void check_fail_each(const struct options *options)
{
    if (options->fail_each.points == 0 && options->fail_each.json != NULL)
        options_refuse(EXIT_USAGE, "--json=%s: goes with --fail-each", options->fail_each.json);
    if (options->fail_each.points == 0)
        return;
    if (options->replay.record != NULL || options->replay.replay != NULL || options->replay.check)
        options_refuse(EXIT_USAGE, "--fail-each is not one run but many; record or replay the one that it names");
    if (options->gdb != NULL || options->window)
        options_refuse(EXIT_USAGE, "--fail-each and --%s: nobody can watch all runs; look at the one that it names",
            options->gdb != NULL ? "gdb" : "display=sdl");
    if (options->sandbox == SANDBOX_STRICT)
        options_refuse(EXIT_USAGE, "--fail-each and --sandbox=strict, in which no run can split; --sandbox=on allows it");
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct options *options = state->input;
    const char *wrong;

    switch (key) {
    case KEY_FAULT: add_rule(&options->machine.faults, value); break;
    case KEY_FAULT_SEED:
        options->machine.faults.seed = options_number("fault-seed", value, 0, UINT64_MAX);
        options->machine.faults.seed_given = true;
        break;
    case KEY_FAIL_EACH:
        wrong = fail_each_parse(value, &options->fail_each);
        if (wrong != NULL)
            options_refuse(EXIT_USAGE, "--fail-each=%s: %s", value, wrong);
        options->check_invariants = true;
        break;
    case KEY_JSON: options->fail_each.json = value; break;
    case ARGP_KEY_END:
        check_rules(&options->machine.faults);
        check_fail_each(options);
        break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

const struct argp options_fault = {.options = table, .parser = parse};
