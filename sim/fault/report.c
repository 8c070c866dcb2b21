/* SPDX-License-Identifier: MIT */
/* The table of --fail-each. */
#include "each.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <abi/status.h>
#include <arch/fault.h>
#include <jansson.h>
#include <sim/machine.h>
#include <sim/moment.h>
#include <sim/symbols.h>
#include <sim/tasks.h>

#include "rule.h"

static const char *const verdict_words[EACH_VERDICT_COUNT] = {
    [EACH_OK] = "ok", [EACH_PANIC] = "PANIC", [EACH_HANG] = "HANG", [EACH_DEADLOCK] = "DEADLOCK",
    [EACH_UNDOCUMENTED] = "UNDOCUMENTED", [EACH_CRASH] = "CRASH",
};

/* -- Words -- */

static void add(char **out, size_t *room, const char *text)
{
    int n = snprintf(*out, *room, "%s", text);
    size_t used = (size_t)n < *room ? (size_t)n : *room - 1;

    *out += used;
    *room -= used;
}

static void what_task_did(const struct each_point *p, char **out, size_t *room)
{
    char text[80];

    if (p->load_fault)
        add(out, room, "it faults: not loaded");
    else if (p->told && p->faulted && p->status == STATUS_OK)
        add(out, room, "it faults");
    else if (p->told)
        add(out, room, status_name((status_t)p->status));
    else
        add(out, room, "it is told nothing");
    snprintf(text, sizeof text, ", exits with %u", p->exit_code);
    if (p->exited)
        add(out, room, text);
    if (p->restarted)
        add(out, room, ", restarts");
}

static const char *end_words(const struct each_point *p, char *text, size_t room)
{
    if (p->limited)
        return "it goes on for ever";
    switch (p->code) {
    case EXIT_CONFIG: return p->task == TASKS_NONE ? "the boot stops: too little memory" : "the machine cannot run";
    case EXIT_DEADLOCK: return "deadlock, named";
    case EXIT_TIMEOUT: return "no end within the host's time";
    case EXIT_PANIC: snprintf(text, room, "panic: %s", p->panic); return text;
    case EXIT_OK: return "the run ends";
    default: snprintf(text, room, "the run ends with %d", p->code); return text;
    }
}

static void describe(const struct each_point *p, char *out, size_t room)
{
    char text[200];

    *out = '\0';
    if (p->task != TASKS_NONE) {
        what_task_did(p, &out, &room);
        add(&out, &room, "; ");
    }
    add(&out, &room, end_words(p, text, sizeof text));
}

/* -- Places: the functions of the kernel that asked, not those of the machine below -- */

/* The path of a source of core from the project's folder on; NULL: it is none. */
static const char *core_path(const char *file)
{
    const char *found = NULL;

    for (const char *at = file; (at = strstr(at, "core/")) != NULL; at++) {
        if (at == file || at[-1] == '/')
            found = at;
    }
    return found;
}

/* "function, file:line < caller, file:line": two places say enough. */
static void describe_place(struct symbols *symbols, const struct each_point *p, char *out, size_t room)
{
    struct symbol_place place;
    uint32_t shown = 0;
    char text[300];

    snprintf(out, room, p->point == FAULT_IRQ ? "the interrupt controller" : "?");
    for (uint32_t i = 0; p->point != FAULT_IRQ && i < p->depth && symbols != NULL && shown < 2; i++) {
        bool known = symbols_find(symbols, p->calls[i], true, &place);
        const char *file = known ? core_path(place.file) : NULL;
        if (file == NULL)
            continue;
        snprintf(text, sizeof text, "%s, %s:%d", place.function, file, place.line);
        if (shown++ == 0)
            *out = '\0';
        else
            add(&out, &room, " < ");
        add(&out, &room, text);
    }
}

static const char *task_name(const struct each_point *p)
{
    return p->task < MANIFEST_TASKS_MAX ? tasks_get(p->task)->name : "-";
}

/* -- The table -- */

static void print_reproducer(FILE *out, const struct each_point *p, const struct options *options, char **argv)
{
    static const char *const without[] = {"fail-each", "json", NULL};
    char more[200];

    int n = snprintf(more, sizeof more, "--check=invariants --fault=%s,%snth=%" PRIu64, fault_points[p->point].name,
        p->point == FAULT_IRQ ? "drop," : "", p->nth);
    if (p->limited)
        snprintf(more + n, sizeof more - (size_t)n, " --must-finish --stop-at=%" PRIu64 "ns",
            machine_units_to_ns(p->time) + options->fail_each.limit_ns);
    options_print_command(out, options, argv, without, more);
}

static void print_summary(const struct each_point *points, uint32_t count, uint32_t mask)
{
    uint32_t found = 0;

    for (uint32_t k = 0; k <= FAULT_IRQ; k++) {
        uint32_t n = 0;
        for (uint32_t i = 0; i < count; i++)
            n += points[i].point == k;
        if ((mask >> k & 1u) != 0)
            printf("fail-each: %-12s %4u%s\n", fault_points[k].name, n, n == 0 ? "  (not reached)" : "");
    }
    for (uint32_t i = 0; i < count; i++)
        found += points[i].verdict != EACH_OK;
    if (count == 0)
        printf("fail-each: no point was reached, so nothing was tested\n");
    printf("fail-each: %u occurrences, %u ok, %u found\n", count, count - found, found);
}

void each_print(const struct each_point *points, uint32_t count, const struct options *options, char **argv)
{
    struct symbols *symbols = symbols_open_self();
    char what[320], where[512];

    printf("fail-each: %4s %-12s %4s %-12s %-12s %s\n", "#", "point", "nth", "task", "verdict", "what happened; where");
    for (uint32_t i = 0; i < count; i++) {
        const struct each_point *p = &points[i];
        describe(p, what, sizeof what);
        describe_place(symbols, p, where, sizeof where);
        printf("fail-each: %4u %-12s %4" PRIu64 " %-12s %-12s %s; %s\n", i + 1, fault_points[p->point].name, p->nth, task_name(p),
            verdict_words[p->verdict], what, where);
    }
    symbols_close(symbols);
    print_summary(points, count, options->fail_each.points);
    for (uint32_t i = 0; i < count; i++) {
        if (points[i].verdict == EACH_OK)
            continue;
        printf("fail-each: found #%u: ", i + 1);
        print_reproducer(stdout, &points[i], options, argv);
        printf("\n");
    }
    fflush(stdout);
}

/* -- JSON -- */

static json_t *point_json(struct symbols *symbols, const struct each_point *p, const struct options *options, char **argv)
{
    char what[320], where[512], moment[MOMENT_TEXT];
    char *line = NULL;
    size_t size;
    FILE *memory = open_memstream(&line, &size);

    if (memory == NULL)
        abort();
    print_reproducer(memory, p, options, argv);
    fclose(memory);
    describe(p, what, sizeof what);
    describe_place(symbols, p, where, sizeof where);
    json_t *o = json_pack("{s:s, s:I, s:I, s:s, s:s, s:s, s:s, s:s, s:i, s:s}", "point", fault_points[p->point].name, "nth",
        (json_int_t)p->nth, "time_ns", (json_int_t)machine_units_to_ns(p->time), "moment", moment_format(moment, p->moment),
        "task", task_name(p), "where", where, "what", what, "verdict", verdict_words[p->verdict], "exit", p->code, "reproduce",
        line);
    free(line);
    return o;
}

bool each_write_json(const char *path, const struct each_point *points, uint32_t count, const struct options *options, char **argv)
{
    struct symbols *symbols = symbols_open_self();
    json_t *rows = json_array(), *asked = json_array();
    uint32_t found = 0;

    for (uint32_t k = 0; k <= FAULT_IRQ; k++) {
        if ((options->fail_each.points >> k & 1u) != 0)
            json_array_append_new(asked, json_string(fault_points[k].name));
    }
    for (uint32_t i = 0; i < count; i++) {
        json_array_append_new(rows, point_json(symbols, &points[i], options, argv));
        found += points[i].verdict != EACH_OK;
    }
    symbols_close(symbols);
    json_t *root = json_pack("{s:s, s:o, s:i, s:i, s:o}", "format", "aegis-fail-each", "asked", asked, "occurrences", (int)count,
        "found", (int)found, "points", rows);
    bool written = json_dump_file(root, path, JSON_INDENT(1)) == 0;
    json_decref(root);
    if (!written)
        fprintf(stderr, "aegis-sim: --json=%s: cannot be written\n", path);
    return written;
}
