/* SPDX-License-Identifier: MIT */
/* The one line that does a run again: the command line as given, with instruction set, profile and seed made explicit. */
#include <sim/options.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <arch/isa.h>
#include <config/config.h>

/* Is the word one of these options, in full or shortened? */
static bool is_one_of(const char *word, const char *const *names)
{
    const char *name = options_full_name(word);

    for (; name != NULL && names != NULL && *names != NULL; names++) {
        if (strcmp(*names, name) == 0)
            return true;
    }
    return false;
}

/* Options that say how a run is watched, not what it is. Each also swallows its separate value, if it takes one. */
static bool only_watches(const char *word)
{
    static const char *const watching[] = {"arch", "seed", "profile", "record", "trace", "strace", "events", "screenshot", "display",
        "check-determinism", "timeout", "gdb", "gdb-at", "reverse", "from", "moments", "chaos-seed", "schedule-out", "explore",
        NULL};

    return is_one_of(word, watching);
}

static void print_word(FILE *out, const char *word)
{
    if (strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=.,:/+@") == strlen(word)) {
        fprintf(out, " %s", word);
        return;
    }
    fputs(" '", out);
    for (; *word != '\0'; word++) {
        if (*word == '\'')
            fputs("'\\''", out);
        else
            fputc(*word, out);
    }
    fputc('\'', out);
}

void options_print_command(FILE *out, const struct options *options, char **argv, const char *const *without, const char *more)
{
    char **word = argv + 1;

    fprintf(out, "./aegis-sim --arch=%s", isa_name);
    if (!CONFIG_FULL)
        fputs(" --profile=safety", out);
    if (options->replay.replay == NULL)
        fprintf(out, " --seed=%" PRIu64, options->machine.seed);
    if (options->chaos.strategy != CHAOS_OFF)
        fprintf(out, " --chaos-seed=%" PRIu64, chaos_seed());
    for (; *word != NULL && strcmp(*word, "--") != 0; word++) {
        if (!only_watches(*word) && !is_one_of(*word, without))
            print_word(out, *word);
        else if (strchr(*word, '=') == NULL && word[1] != NULL && word[1][0] != '-')
            word++;
    }
    fprintf(out, "%s%s", *more != '\0' ? " " : "", more);
    for (; *word != NULL; word++) /* what stands behind "--" is for the kernel */
        print_word(out, *word);
}

void options_print_reproduce(FILE *out, const struct options *options, char **argv)
{
    fputs("reproduce: ", out);
    options_print_command(out, options, argv, NULL, "");
    fputc('\n', out);
}
