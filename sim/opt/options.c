/* SPDX-License-Identifier: MIT */
#include <sim/options.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <abi/status.h>
#include <arch/isa.h>
#include <config/config.h>
#include <sim/engine.h>

/* The topics in the order of the help; --help=NAME shows one. */
#define TOPICS(T) T(machine) T(tasks) T(limits) T(console) T(display) T(trace) T(debug) T(fault) T(replay) T(chaos)

#define AS_CHILD(name) {&options_##name, 0, NULL, 0},
#define AS_NAME(name) #name,
static const struct argp_child topics[] = {TOPICS(AS_CHILD){0}};
static const char *const topic_names[] = {TOPICS(AS_NAME) NULL};

enum { KEY_HELP = OPTIONS_KEY_GENERAL, KEY_VERSION };

static const struct argp_option general[] = {
    {NULL, 0, NULL, 0, "General:", 90},
    {"help", KEY_HELP, "GROUP", OPTION_ARG_OPTIONAL, "Show this help, or that of one group of options", 0},
    {"version", KEY_VERSION, NULL, 0, "Show versions and licences", 0},
    {0},
};

static error_t parse(int key, char *value, struct argp_state *state);

static const struct argp all = {
    .options = general,
    .parser = parse,
    .children = topics,
    .args_doc = "[-- KERNEL-ARGUMENT...]",
    .doc = "Run the Aegis kernel on a simulated machine.\v"
           "Everything the machine prints goes to stdout; two runs with the same options print the same.",
};

/* -- Help and version -- */

static _Noreturn void show_help(const char *group)
{
    char name[] = "aegis-sim";
    const char *nearest = group != NULL ? options_nearest(group, topic_names) : NULL;

    if (group == NULL) {
        argp_help(&all, stdout, ARGP_HELP_STD_HELP & ~(unsigned)ARGP_HELP_EXIT_OK, name);
        printf("\nGroups for --help=GROUP:");
        for (const char *const *t = topic_names; *t != NULL; t++)
            printf(" %s", *t);
        printf("\n");
        exit(EXIT_OK);
    }
    for (size_t i = 0; topic_names[i] != NULL; i++) {
        if (strcmp(topic_names[i], group) == 0) {
            argp_help(topics[i].argp, stdout, ARGP_HELP_LONG, name);
            exit(EXIT_OK);
        }
    }
    options_refuse(EXIT_USAGE, "--help=%s: no such group%s%s%s (--help lists them)", group,
        nearest != NULL ? "; did you mean " : "", nearest != NULL ? nearest : "", nearest != NULL ? "?" : "");
}

static _Noreturn void show_version(void)
{
    uint32_t engine = engine_version();

    printf("aegis-sim %s for %s, profile %s\n"
           "user-mode CPU: Unicorn %u.%u.%u\n"
           "Licences: the Aegis kernel, its simulator and its programs are MIT; this executable as a whole is GPL-2, because\n"
           "Unicorn is. docs/licences.md has the details.\n",
        AEGIS_VERSION, isa_name, CONFIG_PROFILE_NAME, engine >> 24 & 0xFF, engine >> 16 & 0xFF, engine >> 8 & 0xFF);
    exit(EXIT_OK);
}

/* What stands behind "--" is for the kernel. */
static void add_kernel_word(struct options *options, const char *word)
{
    static char *joined;
    char *more;

    if (asprintf(&more, "%s%s%s", options->append != NULL ? options->append : "", options->append != NULL ? " " : "", word) < 0)
        abort();
    free(joined);
    options->append = joined = more;
}

/* Every topic parses into the same struct options. */
static error_t parse(int key, char *value, struct argp_state *state)
{
    switch (key) {
    case ARGP_KEY_INIT:
        for (size_t i = 0; topics[i].argp != NULL; i++)
            state->child_inputs[i] = state->input;
        break;
    case KEY_HELP: show_help(value);
    case KEY_VERSION: show_version();
    case ARGP_KEY_ARG:
        if (state->quoted != 0 && state->next > state->quoted) {
            add_kernel_word(state->input, value);
            break;
        }
        options_refuse(EXIT_USAGE, "what is '%s'? Options begin with -- (--help lists them)", value);
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

/* -- Words are judged before argp sees them, so that every refusal is one line -- */

#define OPTIONS_MAX 128u

/* Every option of every topic; behind the last one NULL. */
static void list_options(const struct argp_option *out[OPTIONS_MAX + 1])
{
    size_t n = 0;

    for (const struct argp_option *o = general; o->name != NULL || o->doc != NULL; o++) {
        if (o->name != NULL)
            out[n++] = o;
    }
    for (const struct argp_child *t = topics; t->argp != NULL; t++) {
        for (const struct argp_option *o = t->argp->options; o->name != NULL || o->doc != NULL; o++) {
            if (o->name != NULL && n < OPTIONS_MAX)
                out[n++] = o;
        }
    }
    out[n] = NULL;
}

static _Noreturn void unknown(const char *name, const struct argp_option *const *options)
{
    const char *names[OPTIONS_MAX + 1] = {NULL};

    for (size_t i = 0; options[i] != NULL; i++)
        names[i] = options[i]->name;
    const char *nearest = options_nearest(name, names);
    options_refuse(EXIT_USAGE, "unknown option --%s%s%s%s (--help lists all)", name, nearest != NULL ? "; did you mean --" : "",
        nearest != NULL ? nearest : "", nearest != NULL ? "?" : "");
}

/* The option that `name` is, or the first that begins so; *other is the next that does, NULL: none, so it is this one. */
static const struct argp_option *match(const char *name, const struct argp_option *const *options, const struct argp_option **other)
{
    const struct argp_option *found = NULL;

    *other = NULL;
    for (const struct argp_option *const *o = options; *o != NULL; o++) {
        if (strcmp((*o)->name, name) == 0) {
            *other = NULL;
            return *o;
        }
        if (strncmp((*o)->name, name, strlen(name)) != 0)
            continue;
        if (found == NULL)
            found = *o;
        else if (*other == NULL)
            *other = *o;
    }
    return found;
}

static const struct argp_option *find_option(const char *name)
{
    const struct argp_option *options[OPTIONS_MAX + 1], *found, *other;

    list_options(options);
    found = match(name, options, &other);
    if (found == NULL)
        unknown(name, options);
    if (other != NULL)
        options_refuse(EXIT_USAGE, "option --%s: --%s or --%s?", name, found->name, other->name);
    return found;
}

/* The name in a word such as --NAME=VALUE. */
static const char *name_in(const char *word, char *name, size_t room)
{
    word += word[1] == '-' ? 2 : 1;
    snprintf(name, room, "%.*s", (int)strcspn(word, "="), word);
    return name;
}

const char *options_full_name(const char *word)
{
    const struct argp_option *options[OPTIONS_MAX + 1], *found, *other;
    char name[64];

    if (word[0] != '-' || word[1] == '\0' || strcmp(word, "--") == 0)
        return NULL;
    list_options(options);
    found = match(name_in(word, name, sizeof name), options, &other);
    return found != NULL && other == NULL ? found->name : NULL;
}

static void check_words(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        char name[64];
        const char *word = argv[i];
        if (word[0] != '-' || word[1] == '\0')
            continue;
        const struct argp_option *option = find_option(name_in(word, name, sizeof name));
        bool has_value = strchr(word, '=') != NULL;
        if (option->arg == NULL && has_value)
            options_refuse(EXIT_USAGE, "option --%s takes no value", option->name);
        if (option->arg == NULL || (option->flags & OPTION_ARG_OPTIONAL) != 0 || has_value)
            continue;
        if (++i >= argc)
            options_refuse(EXIT_USAGE, "option --%s needs a value: --%s=%s", option->name, option->name, option->arg);
    }
}

void options_parse(struct options *options, int argc, char **argv)
{
    *options = (struct options){
        .machine = {.cpus = 1, .ram_size = UINT64_C(64) << 20, .seed = 1, .clock_rate = 100000000,
            .stop_at_ns = EVENT_NEVER, .metered = true},
    };
    check_words(argc, argv);
    options->chaos.seed = 1;
    argp_parse(&all, argc, argv, ARGP_LONG_ONLY | ARGP_NO_HELP, NULL, options);
    options_check_chaos(options);
    options->chaos.entries = options->machine.entries;
}
