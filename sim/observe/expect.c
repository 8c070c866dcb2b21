/* SPDX-License-Identifier: MIT */
#include <sim/expect.h>

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sim/machine.h>
#include <sim/options.h>
#include <sim/serial.h>

#define LINE_SIZE 1024u /* what is longer counts as several lines */

struct pattern {
    regex_t regex;
    const char *text;
    bool forbidden, seen;
    struct pattern *next;
};

static struct {
    struct pattern *patterns; /* in the order of the command line */
    struct serial_tap tap;
    char line[LINE_SIZE];
    size_t used;
} expect;

void expect_add(const char *option, const char *regex)
{
    struct pattern *pattern = calloc(1, sizeof *pattern);
    struct pattern **end = &expect.patterns;
    char why[128];

    if (pattern == NULL)
        abort();
    int error = regcomp(&pattern->regex, regex, REG_EXTENDED | REG_NOSUB);
    if (error != 0) {
        regerror(error, &pattern->regex, why, sizeof why);
        options_refuse(EXIT_USAGE, "--%s=%s: is not an extended regular expression: %s", option, regex, why);
    }
    pattern->text = regex;
    pattern->forbidden = strcmp(option, "forbid") == 0;
    while (*end != NULL)
        end = &(*end)->next;
    *end = pattern;
}

static void judge_line(void)
{
    expect.line[expect.used] = '\0';
    expect.used = 0;
    for (struct pattern *p = expect.patterns; p != NULL; p = p->next) {
        if (p->seen || regexec(&p->regex, expect.line, 0, NULL, 0) != 0)
            continue;
        p->seen = true;
        if (p->forbidden)
            machine_ask(MACHINE_FORBIDDEN);
    }
}

static void on_byte(struct serial_tap *tap, uint8_t byte, uint64_t time)
{
    (void)tap;
    (void)time;
    if (byte == '\n' || expect.used == LINE_SIZE - 1)
        judge_line();
    if (byte != '\n' && byte != '\r' && byte != '\0')
        expect.line[expect.used++] = (char)byte;
}

void expect_start(void)
{
    expect.tap.byte = on_byte;
    if (expect.patterns != NULL)
        serial_add_tap(&expect.tap);
}

/* A failure of the machine itself says more than a line that is missing because of it. */
int expect_finish(int code, bool whole)
{
    if (expect.used > 0)
        judge_line();
    for (const struct pattern *p = expect.patterns; p != NULL; p = p->next) {
        if (p->seen == p->forbidden && (whole || p->forbidden))
            fprintf(stderr, "aegis-sim: %s matches '%s'\n", p->forbidden ? "--forbid: a line" : "--expect: no line", p->text);
    }
    for (const struct pattern *p = expect.patterns; p != NULL; p = p->next) {
        if (p->seen == p->forbidden && (whole || p->forbidden) && code < EXIT_USAGE)
            return p->forbidden ? EXIT_SEEN : EXIT_NOT_SEEN;
    }
    return code;
}
