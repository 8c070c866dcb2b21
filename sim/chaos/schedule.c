/* SPDX-License-Identifier: MIT */
/*
 * Schedules as text: stalls such as t3.14.5:2000 (task 3, call 14, point 5: 2,000 units), c1.0.7 for CPU 1 while it runs no task,
 * separated by commas or white space; from # to the end of its line is a remark. "none" is the empty list.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <sim/machine.h>
#include <sim/symbols.h>

#include "chaos_priv.h"

#define TASKS (CHAOS_CONTEXTS - MACHINE_CPUS_MAX)
#define STALLS_MAX 1000000u
#define UNITS_MAX 1000000000000u

bool chaos_parse(struct chaos_plan *plan, const char *value)
{
    static const char *const names[] = {[CHAOS_OFF] = "off", [CHAOS_RANDOM] = "random", [CHAOS_STICKY] = "sticky",
        [CHAOS_RACES] = "races", [CHAOS_PCT] = "pct"};
    const char *colon = strchr(value, ':');
    size_t length = colon != NULL ? (size_t)(colon - value) : strlen(value);
    char *end;

    plan->rate = 0;
    if (colon != NULL) {
        plan->rate = strtoull(colon + 1, &end, 10);
        if (plan->rate == 0 || plan->rate > 1000000 || *end != '\0' || colon[1] < '0' || colon[1] > '9')
            return false;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strlen(names[i]) == length && strncmp(names[i], value, length) == 0) {
            plan->strategy = (enum chaos_strategy)i;
            return i != CHAOS_OFF || colon == NULL;
        }
    }
    return false;
}

int chaos_position_compare(const struct chaos_position *a, const struct chaos_position *b)
{
    if (a->context != b->context)
        return a->context < b->context ? -1 : 1;
    if (a->call != b->call)
        return a->call < b->call ? -1 : 1;
    return a->point != b->point ? (a->point < b->point ? -1 : 1) : 0;
}

/* A number of digits only, followed by `behind`, up to `most`. */
static bool number(const char **text, char behind, uint64_t most, uint64_t *out)
{
    char *end;

    if (**text < '0' || **text > '9')
        return false;
    *out = strtoull(*text, &end, 10);
    *text = end + (behind != '\0');
    return *out <= most && (behind == '\0' || *end == behind);
}

static bool parse_stall(const char **text, struct chaos_stall *stall)
{
    uint64_t who, call, point, units;
    char kind = *(*text)++;

    if (kind != 't' && kind != 'c')
        return false;
    if (!number(text, '.', kind == 't' ? TASKS - 1 : MACHINE_CPUS_MAX - 1, &who) || !number(text, '.', UINT32_MAX, &call) ||
        !number(text, ':', UINT32_MAX, &point) || !number(text, '\0', UNITS_MAX, &units) || units == 0)
        return false;
    *stall = (struct chaos_stall){.at = {(uint32_t)who + (kind == 'c' ? TASKS : 0), (uint32_t)call, (uint32_t)point}, .units = units};
    return true;
}

static const char *skip(const char *text)
{
    for (;;) {
        text += strspn(text, ", \t\r\n");
        if (*text != '#')
            return text;
        text += strcspn(text, "\n");
    }
}

/* The order of stalls at one position counts: while they are sorted, pc is their number in the list. */
static int compare(const void *a, const void *b)
{
    const struct chaos_stall *x = a, *y = b;
    int order = chaos_position_compare(&x->at, &y->at);

    return order != 0 ? order : (x->pc > y->pc) - (x->pc < y->pc);
}

const char *chaos_parse_schedule(struct chaos_plan *plan, const char *text)
{
    static struct chaos_stall *stalls; /* lives on */
    size_t count = 0, room = 0;

    free(stalls);
    stalls = NULL;
    text = skip(text);
    if (*text == '\0')
        return "is empty; \"none\" is a schedule without stalls";
    if (strncmp(text, "none", 4) == 0 && *skip(text + 4) == '\0')
        text = skip(text + 4);
    for (; *text != '\0'; text = skip(text)) {
        if (count == room) {
            room = room == 0 ? 64 : 2 * room;
            stalls = realloc(stalls, room * sizeof *stalls);
        }
        if (stalls == NULL || count == STALLS_MAX)
            return "has too many stalls";
        if (!parse_stall(&text, &stalls[count]) || strchr(", \t\r\n#", *text) == NULL)
            return "is not a list of stalls such as t3.14.5:2000 (task 3, call 14, point 5: 2000 units)";
        stalls[count].pc = count;
        count++;
    }
    if (count > 0)
        qsort(stalls, count, sizeof *stalls, compare);
    plan->strategy = CHAOS_SCHEDULE;
    plan->schedule = stalls;
    plan->schedule_count = count;
    return NULL;
}

const char *chaos_position_text(char out[40], struct chaos_position at)
{
    bool task = at.context < TASKS;

    snprintf(out, 40, "%c%" PRIu32 ".%" PRIu32 ".%" PRIu32, task ? 't' : 'c', task ? at.context : at.context - TASKS, at.call,
        at.point);
    return out;
}

void chaos_print_list(FILE *out)
{
    const struct chaos_stall *stalls;
    size_t count = chaos_stalls(&stalls);
    char at[40];

    for (size_t i = 0; i < count; i++)
        fprintf(out, "%s%s:%" PRIu64, i == 0 ? "" : ",", chaos_position_text(at, stalls[i].at), stalls[i].units);
    if (count == 0)
        fputs("none", out);
}

/* -- By source line -- */

static void print_place(FILE *out, struct symbols *symbols, uintptr_t pc, const char *before)
{
    struct symbol_place place;

    if (pc == 0 || symbols == NULL || !symbols_find_source(symbols, pc, &place))
        return;
    fprintf(out, "%s%s", before, place.function);
    if (place.file[0] != '\0')
        fprintf(out, " (%s:%d)", place.file, place.line);
}

static void print_stall(FILE *out, struct symbols *symbols, const struct chaos_stall *stall)
{
    static const char *const kinds[] = {[CHAOS_ATOMIC] = "at", [CHAOS_RELAX] = "waiting at",
        [CHAOS_ENTER] = "before user code runs", [CHAOS_TRAP] = "where user code has trapped"};
    char at[40];

    fprintf(out, "%s:%" PRIu64 "  # CPU %" PRIu32 " %s", chaos_position_text(at, stall->at), stall->units, stall->cpu,
        kinds[stall->kind]);
    print_place(out, symbols, stall->pc, " ");
    print_place(out, symbols, stall->caller, ", called from ");
    fputc('\n', out);
}

void chaos_print_places(FILE *out, size_t most)
{
    struct symbols *symbols = symbols_open_self();
    const struct chaos_stall *stalls;
    size_t count = chaos_stalls(&stalls);

    if (count == 0)
        fputs("none\n", out);
    for (size_t i = count > most ? count - most : 0; i < count; i++)
        print_stall(out, symbols, &stalls[i]);
    symbols_close(symbols);
}
