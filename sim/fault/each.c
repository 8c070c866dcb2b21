/* SPDX-License-Identifier: MIT */
/* Splitting the run, and hearing what becomes of the branches. */
#include "each.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <abi/status.h>
#include <arch/debug.h>
#include <arch/fault.h>
#include <sim/crash.h>
#include <sim/fault.h>
#include <sim/machine.h>
#include <sim/moment.h>
#include <sim/port.h>
#include <sim/tasks.h>
#include <sim/trace.h>

#include "rule.h"

#define HOST_LIMIT_S 60u
#define JOBS_MAX 64u

static struct {
    struct fail_each_plan plan;
    struct each_point *points;
    uint32_t count, room;
    uint32_t joined; /* points[0..joined) have ended */
    bool child;
    uint32_t watched; /* child: the task that was hit, until it has been told */
    uint32_t hit;     /* child: the same, for ever */
    uint64_t began_ns;
    struct event limit;
} each;

/* CPU time of this process: what others do on the host meanwhile does not count. */
static uint64_t cpu_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* -- In a branch -- */

bool fail_each_is_child(void)
{
    return each.child;
}

static void fire_limit(struct event *event)
{
    (void)event;
    branch_tell("limited");
    machine_finish(MACHINE_STOP_AT, ARCH_OFF_STOPPED, 0);
}

/* What the task that was hit is told, and what it does then. */
static void on_event(struct trace_sink *sink, const struct trace_event *event, uint64_t time)
{
    (void)sink;
    (void)time;
    if (event->thread != each.hit)
        return;
    if (event->kind == TRACE_RETURN && each.watched == each.hit)
        branch_tell("returned %" PRId64, (int64_t)event->b);
    else if (event->kind == TRACE_FAULT)
        branch_tell("faulted %d", event->e == TRACE_FAULT_LOAD);
    else if (event->kind == TRACE_EXIT)
        branch_tell("exited %" PRIu64, event->a);
    else if (event->kind == TRACE_RESTART)
        branch_tell("restarted");
    if (event->kind == TRACE_RETURN || event->kind == TRACE_FAULT)
        each.watched = TASKS_NONE;
}

static void become_branch(uint32_t task)
{
    static struct trace_sink sink = {.kinds = TRACE_BIT(TRACE_RETURN) | TRACE_BIT(TRACE_FAULT) | TRACE_BIT(TRACE_EXIT) |
        TRACE_BIT(TRACE_RESTART), .event = on_event};

    each.child = true;
    each.watched = each.hit = task;
    each.began_ns = cpu_ns();
    machine.config.panic_aborts = false; /* the parent wants to know, not to debug */
    if (task != TASKS_NONE)
        trace_add(&sink);
    event_init(&each.limit, EVENT_CONTROL, fire_limit, NULL);
    event_schedule(&each.limit, machine_now() + machine_ns_to_units(each.plan.limit_ns));
}

_Noreturn void fail_each_end_child(int code)
{
    if (machine.result.panic != NULL)
        branch_tell("panic %s", machine.result.panic);
    branch_tell("ran %" PRIu64, cpu_ns() - each.began_ns);
    branch_exit(code);
}

/* -- In the run itself -- */

static void hear(void *ctx, const char *line)
{
    struct each_point *p = ctx;
    int number = 0;

    if (sscanf(line, "returned %d", &number) == 1) {
        p->told = true;
        p->status = number;
    } else if (sscanf(line, "faulted %d", &number) == 1) {
        p->load_fault = p->load_fault || (!p->told && number != 0);
        p->told = true;
        p->faulted = true;
    } else if (sscanf(line, "exited %" SCNu32, &p->exit_code) == 1) {
        p->exited = true;
    } else if (strcmp(line, "restarted") == 0) {
        p->restarted = true;
    } else if (strcmp(line, "limited") == 0) {
        p->limited = true;
    } else if (strncmp(line, "panic ", 6) == 0) {
        snprintf(p->panic, sizeof p->panic, "%s", line + 6);
    } else {
        (void)sscanf(line, "ran %" SCNu64, &p->ran_ns);
    }
}

static void join_oldest(void)
{
    struct each_point *p = &each.points[each.joined++];
    uint64_t begin = cpu_ns();

    p->code = branch_join(&p->branch, hear, p);
    free(branch_output(&p->branch, NULL));
    p->split_ns += cpu_ns() - begin;
}

static struct each_point *new_point(uint32_t point)
{
    if (each.count == each.room) {
        each.room = each.room == 0 ? 64 : each.room * 2;
        each.points = realloc(each.points, each.room * sizeof *each.points);
        if (each.points == NULL)
            abort();
    }
    struct each_point *p = &each.points[each.count++];
    *p = (struct each_point){.point = point, .nth = fault_reached(point),
        .task = point == FAULT_IRQ ? TASKS_NONE : tasks_running(machine.running),
        .time = machine_now(), .moment = moment_now(), .status = STATUS_OK};
    p->depth = crash_backtrace(p->calls, EACH_CALLS);
    return p;
}

/* True in the branch. */
static bool split(uint32_t point)
{
    if (each.child || (each.plan.points >> point & 1u) == 0 || machine.host_request != 0)
        return false;
    while (each.count - each.joined >= each.plan.jobs)
        join_oldest();
    struct each_point *p = new_point(point);
    uint64_t begin = cpu_ns();
    if (!branch_fork(&p->branch, HOST_LIMIT_S)) {
        p->split_ns = cpu_ns() - begin;
        return false;
    }
    become_branch(p->task);
    return true;
}

void fail_each_start(const struct fail_each_plan *plan)
{
    each.plan = *plan;
    fault_watch(plan->points, split);
}

/* What the branches cost beside the scenario: the fork, the report, the end. Host time, so not part of the transcript. */
static void say_cost(void)
{
    uint64_t extra = 0;

    for (uint32_t i = 0; i < each.count; i++)
        extra += each.points[i].split_ns + each.points[i].branch.cpu_ns - each.points[i].ran_ns;
    if (each.count != 0)
        fprintf(stderr, "aegis-sim: --fail-each: %.1f ms of CPU time per point beside the scenario's own time\n",
            (double)extra / 1e6 / each.count);
}

int fail_each_finish(const struct options *options, char **argv, int code)
{
    bool found = each.count == 0;

    while (each.joined < each.count)
        join_oldest();
    if (code == EXIT_TIMEOUT || code > 128) {
        fprintf(stderr, "aegis-sim: --fail-each: the run was broken off, so there is no table\n");
        return code;
    }
    for (uint32_t i = 0; i < each.count; i++) {
        each_judge(&each.points[i], each.plan.allow_deadlock || code == EXIT_DEADLOCK);
        found = found || each.points[i].verdict != EACH_OK;
    }
    each_print(each.points, each.count, options, argv);
    say_cost();
    if (each.plan.json != NULL && !each_write_json(each.plan.json, each.points, each.count, options, argv))
        return EXIT_IO;
    return found ? EXIT_FOUND : code;
}

/* -- The option -- */

static bool parse_points(char *words, uint32_t *points, const char **bad)
{
    for (char *word; (word = strsep(&words, "+")) != NULL;) {
        uint32_t bits = fault_points_named(word);
        if (strcmp(word, "all") == 0 || strcmp(word, "irq") == 0)
            bits |= UINT32_C(1) << FAULT_IRQ;
        if (bits == 0) {
            *bad = word;
            return false;
        }
        *points |= bits;
    }
    return true;
}

static const char *parse_word(const char *word, struct fail_each_plan *out)
{
    char *end;

    if (strcmp(word, "allow=deadlock") == 0) {
        out->allow_deadlock = true;
    } else if (strncmp(word, "jobs=", 5) == 0) {
        unsigned long jobs = strtoul(word + 5, &end, 10);
        if (jobs < 1 || jobs > JOBS_MAX || *end != '\0')
            return "jobs=: expected a number from 1 to 64";
        out->jobs = (uint32_t)jobs;
    } else if (strncmp(word, "limit=", 6) == 0) {
        if (!options_try_time(word + 6, &out->limit_ns) || out->limit_ns == 0)
            return "limit=: expected a virtual time such as 3s";
    } else {
        return "expected POINT[+POINT...][,allow=deadlock][,jobs=N][,limit=TIME]";
    }
    return NULL;
}

const char *fail_each_parse(const char *text, struct fail_each_plan *out)
{
    static char why[200];
    char *copy = strdup(text), *rest = copy, *word = strsep(&rest, ",");
    const char *bad = NULL, *wrong = NULL;

    out->jobs = 1;
    out->limit_ns = UINT64_C(60000000000);
    if (!parse_points(word, &out->points, &bad)) {
        const char *nearest = fault_nearest(bad);
        snprintf(why, sizeof why, "there is no point '%s' of the kernel%s%s%s (--fault=help lists them)", bad,
            nearest != NULL ? "; did you mean " : "", nearest != NULL ? nearest : "", nearest != NULL ? "?" : "");
        wrong = why;
    }
    while (wrong == NULL && (word = strsep(&rest, ",")) != NULL)
        wrong = parse_word(word, out);
    free(copy);
    return wrong;
}
