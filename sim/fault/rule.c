/* SPDX-License-Identifier: MIT */
/* Rules from text: POINT[,EFFECT=VALUE][,CONDITION=VALUE...]. */
#include "rule.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <abi/status.h>
#include <arch/fault.h>
#include <sim/fault.h>
#include <sim/options.h>

/* What a value is. */
enum value { VALUE_NONE, VALUE_CHANCE, VALUE_TIME, VALUE_BITS };

/* The machine's own. A chance may be left out: then the conditions alone decide. */
static const struct machine_point {
    const char *point, *word;
    enum value value;
    enum fault_effect effect;
    const char *what;
} machine_points[] = {
    {"irq", "spurious", VALUE_CHANCE, EFFECT_SPURIOUS,
        "at a tick, an unmasked device line (if none, the reschedule vector) interrupts unasked"},
    {"irq", "drop", VALUE_CHANCE, EFFECT_DROP,
        "a device line rises and the interrupt controller misses it, until it is unmasked again (--fail-each=irq)"},
    {"irq", "delay", VALUE_TIME, EFFECT_IRQ_DELAY, "a device line rises and is noticed up to so much later"},
    {"timer", "jitter", VALUE_TIME, EFFECT_JITTER, "a tick comes up to so much later"},
    {"ipi", "delay", VALUE_TIME, EFFECT_IPI_DELAY, "an interrupt between CPUs comes up to so much later"},
    {"user-memory", "flip", VALUE_BITS, EFFECT_FLIP, "at a tick, so many bits (1) flip in frames that tasks may access"},
    {"tlb", "stale", VALUE_NONE, EFFECT_TLB_STALE, "a TLB keeps each entry until it is flushed, over switches of address spaces too"},
    {"tlb", "random", VALUE_NONE, EFFECT_TLB_RANDOM, "TLB entries vanish at random when user code is entered"},
    {"tlb", "check", VALUE_NONE, EFFECT_TLB_CHECK,
        "as stale; an entry that the tables contradict when user code is entered ends the run (82)"},
};
#define MACHINE_POINTS (sizeof machine_points / sizeof *machine_points)

uint32_t fault_points_named(const char *name)
{
    uint32_t bits = 0;

    for (uint32_t i = 0; i < FAULT_POINT_COUNT; i++) {
        const struct fault_point_info *p = &fault_points[i];
        if (*name != '\0' && (strcmp(name, "all") == 0 || strcmp(name, p->name) == 0 || strcmp(name, p->group) == 0))
            bits |= UINT32_C(1) << i;
    }
    return bits;
}

const char *fault_nearest(const char *name)
{
    const char *names[FAULT_POINT_COUNT + MACHINE_POINTS + 2];
    size_t n = 0;

    names[n++] = "pool";
    for (uint32_t i = 0; i < FAULT_POINT_COUNT; i++)
        names[n++] = fault_points[i].name;
    for (size_t i = 0; i < MACHINE_POINTS; i++)
        names[n++] = machine_points[i].point;
    names[n] = NULL;
    return options_nearest(name, names);
}

void fault_print_points(void)
{
    printf("Points of the kernel (--fault, --fail-each):\n");
    for (uint32_t i = 0; i < FAULT_POINT_COUNT; i++)
        printf("  %-14s %-5s %s [%s]\n", fault_points[i].name, fault_points[i].group, fault_points[i].what,
            status_name(fault_points[i].status));
    printf("  %-20s each of its group\n\nPoints of the machine (--fault):\n", "pool");
    for (size_t i = 0; i < MACHINE_POINTS; i++) {
        static const char *const values[] = {"", "[=P%]", "=TIME", "[=BITS]"};
        char word[40];
        snprintf(word, sizeof word, "%s%s%s%s", machine_points[i].point, strcmp(machine_points[i].point, "tlb") == 0 ? "=" : ",",
            machine_points[i].word, values[machine_points[i].value]);
        printf("  %-20s %s\n", word, machine_points[i].what);
    }
    printf("\nConditions: nth=N (from the Nth time, once unless times= says more), times=T (at most so often), prob=P%% (each time with\n"
           "that chance), after=TIME, task=NAME. docs/faults.md has examples.\n");
}

/* -- Reading -- */

struct reader {
    struct fault_rule *rule;
    char *why;
    size_t room;
    bool times_given, chance_given;
};

static bool refuse(struct reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool refuse(struct reader *r, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(r->why, r->room, format, args);
    va_end(args);
    return false;
}

static bool read_number(struct reader *r, const char *word, const char *value, uint64_t low, uint64_t *out)
{
    char *end;

    *out = strtoull(value, &end, 10);
    if (!isdigit((unsigned char)*value) || *end != '\0' || *out < low)
        return refuse(r, "%s=%s: expected a number from %llu", word, value, (unsigned long long)low);
    return true;
}

static bool read_chance(struct reader *r, const char *word, const char *value)
{
    char *end;
    double percent = strtod(value, &end);

    if (!isdigit((unsigned char)*value) || strcmp(end, "%") != 0 || !(percent > 0 && percent <= 100))
        return refuse(r, "%s=%s: expected a chance such as 5%% or 0.1%%", word, value);
    r->rule->chance = (uint32_t)(percent * (FAULT_CHANCE_MAX / 100.0) + 0.5);
    if (r->rule->chance == 0)
        return refuse(r, "%s=%s: expected at least 0.0001%%", word, value);
    r->chance_given = true;
    return true;
}

static bool read_time(struct reader *r, const char *word, const char *value, uint64_t *ns)
{
    return options_try_time(value, ns) || refuse(r, "%s=%s: expected a virtual time such as 3s, 250ms or 10us", word, value);
}

static bool read_task(struct reader *r, const char *value)
{
    if (*value == '\0' || strlen(value) >= sizeof r->rule->task)
        return refuse(r, "task=%s: expected the name of a task, up to 15 letters", value);
    snprintf(r->rule->task, sizeof r->rule->task, "%s", value);
    return true;
}

static bool read_condition(struct reader *r, const char *word, const char *value)
{
    struct fault_rule *rule = r->rule;

    if (strcmp(word, "nth") == 0)
        return read_number(r, word, value, 1, &rule->nth);
    if (strcmp(word, "times") == 0) {
        r->times_given = true;
        return read_number(r, word, value, 1, &rule->times);
    }
    if (strcmp(word, "prob") == 0)
        return r->chance_given ? refuse(r, "prob=%s: there is a chance already", value) : read_chance(r, word, value);
    if (strcmp(word, "after") == 0)
        return read_time(r, word, value, &rule->after_ns);
    if (strcmp(word, "task") == 0)
        return read_task(r, value);
    return refuse(r, "unknown word '%s' (conditions: nth times prob after task)", word);
}

static bool read_effect_value(struct reader *r, const struct machine_point *p, const char *value)
{
    if (value == NULL && p->value == VALUE_TIME)
        return refuse(r, "%s,%s needs a value: =TIME", p->point, p->word);
    if (value == NULL)
        return true;
    switch (p->value) {
    case VALUE_CHANCE: return read_chance(r, p->word, value);
    case VALUE_TIME: return read_time(r, p->word, value, &r->rule->amount);
    case VALUE_BITS: return read_number(r, p->word, value, 1, &r->rule->amount);
    default: return refuse(r, "%s=%s takes no value", p->point, p->word);
    }
}

/* The first word behind the machine's point says what happens there. */
static bool read_effect(struct reader *r, const char *point, const char *word, const char *value)
{
    char known[80] = "";

    for (size_t i = 0; i < MACHINE_POINTS; i++) {
        if (strcmp(machine_points[i].point, point) != 0)
            continue;
        if (word != NULL && strcmp(machine_points[i].word, word) == 0) {
            r->rule->effect = machine_points[i].effect;
            return read_effect_value(r, &machine_points[i], value);
        }
        snprintf(known + strlen(known), sizeof known - strlen(known), " %s", machine_points[i].word);
    }
    return word == NULL ? refuse(r, "%s needs to be told what happens:%s", point, known)
                        : refuse(r, "%s: unknown effect '%s' (known:%s)", point, word, known);
}

static bool is_machine_point(const char *name)
{
    for (size_t i = 0; i < MACHINE_POINTS; i++) {
        if (strcmp(machine_points[i].point, name) == 0)
            return true;
    }
    return false;
}

static bool read_point(struct reader *r, const char *name)
{
    const char *nearest;

    r->rule->points = fault_points_named(name);
    if (r->rule->points != 0 || is_machine_point(name))
        return true;
    nearest = fault_nearest(name);
    return refuse(r, "there is no point '%s'%s%s%s (--fault=help lists them)", name, nearest != NULL ? "; did you mean " : "",
        nearest != NULL ? nearest : "", nearest != NULL ? "?" : "");
}

static bool is_condition(const char *word)
{
    static const char *const words[] = {"nth", "times", "prob", "after", "task"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i], word) == 0)
            return true;
    }
    return false;
}

static char *split(char *word)
{
    char *equals = strchr(word, '=');

    if (equals == NULL)
        return NULL;
    *equals = '\0';
    return equals + 1;
}

/* "tlb=stale" is the point and the effect in one word; all others have the effect behind a comma. */
static bool read_words(struct reader *r, char *text)
{
    char *rest = text, *word = strsep(&rest, ",");
    const char *point = word;
    char *value = split(word);
    bool effect;

    if (!read_point(r, point) || (value != NULL && strcmp(point, "tlb") != 0 && !refuse(r, "%s takes no value", point)))
        return false;
    effect = r->rule->points != 0;
    if (value != NULL) {
        effect = true;
        if (!read_effect(r, point, value, NULL))
            return false;
    }
    while ((word = strsep(&rest, ",")) != NULL) {
        value = split(word);
        if (!effect && !is_condition(word)) {
            effect = true;
            if (!read_effect(r, point, word, value))
                return false;
        } else if (!read_condition(r, word, value != NULL ? value : "")) {
            return false;
        }
    }
    return effect || read_effect(r, point, NULL, NULL);
}

bool fault_rule_parse(const char *text, struct fault_rule *out, char *why, size_t room)
{
    struct reader reader = {.rule = out, .why = why, .room = room};
    char *copy = strdup(text);

    if (copy == NULL)
        abort();
    *out = (struct fault_rule){.amount = 1, .times = UINT64_MAX, .chance = FAULT_CHANCE_MAX};
    bool good = read_words(&reader, copy);
    if (good && out->nth != 0 && !reader.times_given)
        out->times = reader.chance_given ? UINT64_MAX : 1;
    if (good && out->effect >= EFFECT_TLB_STALE && strchr(text, ',') != NULL)
        good = refuse(&reader, "tlb takes no conditions");
    if (good && out->task[0] != '\0' && out->effect != EFFECT_FAIL && out->effect != EFFECT_FLIP)
        good = refuse(&reader, "task=%s: only points of the kernel and user-memory are about tasks", out->task);
    free(copy);
    return good;
}

const char *fault_rule_damage(const char *text)
{
    static char why[200];
    struct fault_rule rule;

    return fault_rule_parse(text, &rule, why, sizeof why) ? NULL : why;
}
