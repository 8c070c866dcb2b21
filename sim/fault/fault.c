/* SPDX-License-Identifier: MIT */
/* Which rule applies now. */
#include <sim/fault.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arch/fault.h>
#include <sim/branch.h>
#include <sim/machine.h>
#include <sim/moment.h>
#include <sim/options.h>
#include <sim/port.h>
#include <sim/serial.h>
#include <sim/tasks.h>
#include <sim/tlb.h>

#include "fault_priv.h"

#define SAID_MAX 20u /* a rule that applies all the time is not announced all the time */

static struct {
    struct fault_rule rule[FAULT_RULES_MAX];
    uint32_t count;
    uint32_t effects; /* bits by enum fault_effect: there is such a rule */
    struct rng rng;
    uint64_t reached[FAULT_POINT_COUNT + 1];
    bool (*split)(uint32_t point);
    uint32_t said;
} state;

struct rng *fault_rng(void)
{
    return &state.rng;
}

bool fault_has(enum fault_effect effect)
{
    return (state.effects >> effect & 1u) != 0;
}

void fault_start(void)
{
    const struct fault_plan *plan = &machine.config.faults;
    char why[200];

    rng_init(&state.rng, plan->seed, RNG_FAULT);
    for (state.count = 0; state.count < plan->count; state.count++) {
        struct fault_rule *rule = &state.rule[state.count];
        if (!fault_rule_parse(plan->rules[state.count], rule, why, sizeof why))
            options_refuse(EXIT_USAGE, "--fault=%s: %s", plan->rules[state.count], why);
        state.effects |= UINT32_C(1) << rule->effect;
        if (rule->effect >= EFFECT_TLB_STALE)
            tlb_set_mode(rule->effect == EFFECT_TLB_STALE ? TLB_STALE : rule->effect == EFFECT_TLB_RANDOM ? TLB_RANDOM : TLB_CHECK);
        sim_port.faults |= rule->points;
    }
}

void fault_watch(uint32_t points, bool (*split)(uint32_t point))
{
    state.split = split;
    sim_port.faults |= points & ((UINT32_C(1) << FAULT_POINT_COUNT) - 1);
}

uint64_t fault_reached(uint32_t point)
{
    return state.reached[point];
}

void fault_say(const char *format, ...)
{
    uint64_t ns = machine_units_to_ns(machine_now());
    va_list args;

    if (state.said++ >= SAID_MAX || branch_is_child() || !moment_shown())
        return;
    serial_flush(); /* what comes before stands before it */
    fprintf(stderr, "aegis-sim: fault at %" PRIu64 ".%09" PRIu64 " s, %s: ", ns / 1000000000, ns % 1000000000, moment_text());
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "%s\n", state.said == SAID_MAX ? "; later ones are not announced" : "");
}

static bool about_running_task(const struct fault_rule *rule)
{
    uint32_t task = tasks_running(machine.running);

    if (rule->task[0] == '\0' || rule->effect != EFFECT_FAIL)
        return true;
    return task < MANIFEST_TASKS_MAX && strcmp(tasks_get(task)->name, rule->task) == 0;
}

/* One occurrence of what the rule is about. */
static bool applies(struct fault_rule *rule)
{
    if (machine_units_to_ns(machine_now()) < rule->after_ns || !about_running_task(rule))
        return false;
    rule->seen++;
    if (rule->seen < rule->nth || rule->fired >= rule->times)
        return false;
    if (rule->chance < FAULT_CHANCE_MAX && rng_below(&state.rng, FAULT_CHANCE_MAX) >= rule->chance)
        return false;
    rule->fired++;
    return true;
}

struct fault_rule *fault_next(enum fault_effect effect, uint32_t *i)
{
    while (*i < state.count) {
        struct fault_rule *rule = &state.rule[(*i)++];
        if (rule->effect == effect && applies(rule))
            return rule;
    }
    return NULL;
}

bool fault_splits(uint32_t point)
{
    state.reached[point]++;
    return state.split != NULL && state.split(point);
}

/* Every rule counts the occurrence, even if one before it applies. */
bool fault_decide(uint32_t point)
{
    uint32_t task = tasks_running(machine.running);
    bool fails = fault_splits(point);

    for (uint32_t i = 0; i < state.count; i++) {
        struct fault_rule *rule = &state.rule[i];
        if (rule->effect == EFFECT_FAIL && (rule->points >> point & 1u) != 0 && applies(rule))
            fails = true;
    }
    if (fails && task < MANIFEST_TASKS_MAX)
        fault_say("%s fails, the %" PRIu64 ". time it is reached, in task %u (%s)", fault_points[point].name, state.reached[point], task,
            tasks_get(task)->name);
    else if (fails)
        fault_say("%s fails, the %" PRIu64 ". time it is reached", fault_points[point].name, state.reached[point]);
    return fails;
}
