/* SPDX-License-Identifier: MIT */
#include <sim/options.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *argp_program_bug_address = NULL;

static const struct argp_child topics[] = {
    {&options_machine, 0, NULL, 0},
    {&options_limits, 0, NULL, 0},
    {&options_display, 0, NULL, 0},
    {&options_replay, 0, NULL, 0},
    {0},
};

/* Every topic parses into the same struct options. */
static error_t share_input(int key, char *value, struct argp_state *state)
{
    (void)value;
    if (key != ARGP_KEY_INIT)
        return ARGP_ERR_UNKNOWN;
    for (size_t i = 0; topics[i].argp != NULL; i++)
        state->child_inputs[i] = state->input;
    return 0;
}

static const struct argp all = {
    .parser = share_input,
    .children = topics,
    .doc = "Run the Aegis kernel on a simulated machine.\v"
           "Everything the machine prints goes to stdout; two runs with the same options print the same.",
};

/* Levenshtein distance of two short words. */
static size_t distance(const char *a, const char *b)
{
    size_t row[64];
    size_t n = strlen(b);

    if (n >= sizeof row / sizeof *row)
        return SIZE_MAX;
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[n];
}

/* Is `name` an option, or the beginning of one? If not, the nearest. */
static bool known(const char *name, const char **nearest)
{
    static const char *const common[] = {"help", "usage", "version", NULL};
    size_t best = SIZE_MAX;

    *nearest = NULL;
    for (const char *const *c = common; *c != NULL; c++) {
        if (strncmp(*c, name, strlen(name)) == 0)
            return true;
    }
    for (const struct argp_child *t = topics; t->argp != NULL; t++) {
        for (const struct argp_option *o = t->argp->options; o->name != NULL || o->doc != NULL; o++) {
            if (o->name == NULL)
                continue;
            if (strncmp(o->name, name, strlen(name)) == 0)
                return true;
            if (distance(name, o->name) < best) {
                best = distance(name, o->name);
                *nearest = o->name;
            }
        }
    }
    return false;
}

static void check_names(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        char name[64];
        const char *nearest;
        const char *word = argv[i];
        if (word[0] != '-' || word[1] == '\0')
            continue;
        word += word[1] == '-' ? 2 : 1;
        snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
        if (name[0] == '\0' || strcmp(name, "?") == 0 || known(name, &nearest))
            continue;
        fprintf(stderr, "aegis-sim: unknown option --%s; did you mean --%s? (--help lists all)\n", name, nearest);
        exit(EXIT_USAGE);
    }
}

void options_parse(struct options *options, int argc, char **argv)
{
    *options = (struct options){
        .machine = {.cpus = 1, .ram_size = UINT64_C(64) << 20, .seed = 1, .clock_rate = 100000000,
            .stop_at_ns = EVENT_NEVER, .metered = true},
    };
    check_names(argc, argv);
    argp_parse(&all, argc, argv, ARGP_LONG_ONLY, NULL, options);
}
