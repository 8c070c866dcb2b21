/* SPDX-License-Identifier: MIT */
#include <sim/explore.h>

#include <ctype.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sim/branch.h>
#include <sim/chaos.h>
#include <sim/engine.h>
#include <sim/guest.h>
#include <sim/options.h>

static struct {
    struct explore_plan plan;
    uint64_t seed;  /* in a branch: its own */
    uint64_t joined, failed;
    json_t *report; /* of the branch that is waited for */
} explore;

void explore_prepare(const struct explore_plan *plan)
{
    explore.plan = *plan;
}

int explore_finish(void)
{
    if (explore.joined == 0)
        fprintf(stderr, "aegis-sim: --explore: the run ended before a task ran, so nothing was explored; let it run longer\n");
    return explore.failed > 0 || explore.joined == 0 ? EXIT_FOUND : EXIT_OK;
}

int explore_report(int code)
{
    const struct chaos_stats *stats = chaos_stats();
    const struct chaos_stall *stalls;
    char schedule[20], state[20];

    if (explore.plan.count == 0)
        return code;
    snprintf(schedule, sizeof schedule, "%016" PRIx64, stats->schedule_hash);
    snprintf(state, sizeof state, "%016" PRIx64, kernel_hash != NULL ? kernel_hash() : 0);
    json_t *line = json_pack("{s:s, s:s, s:I, s:I, s:I, s:s}", "schedule", schedule, "state", state, "points",
        (json_int_t)stats->points, "entries", (json_int_t)stats->entries, "preemptions", (json_int_t)chaos_stalls(&stalls),
        "panic", machine.result.panic != NULL ? machine.result.panic : "");
    char *text = json_dumps(line, JSON_COMPACT);
    branch_tell("%s", text);
    free(text);
    json_decref(line);
    return code;
}

static void take_line(void *ctx, const char *line)
{
    (void)ctx;
    json_t *report = json_loads(line, 0, NULL);

    if (report == NULL)
        return;
    json_decref(explore.report);
    explore.report = report;
}

/* The first line that says what went wrong, without what differs from run to run. */
static void find_words(char *out, size_t room, const char *text)
{
    static const char *const marks[] = {"kernel panic: ", "ERROR: ", "WARNING: ThreadSanitizer: ",
        "runtime error: ", "--stall: ", "--forbid: ",
        "--expect: ", "panic: ", "deadlock: ", "--timeout: ", NULL};

    out[0] = '\0';
    for (const char *const *mark = marks; *mark != NULL; mark++) {
        const char *found = strstr(text, *mark);
        if (found == NULL)
            continue;
        snprintf(out, room, "%.*s", (int)strcspn(found, "\n"), found);
        for (char *c = out; *c != '\0'; c++) { /* a task prints any bytes, JSON is Unicode */
            if (!isprint((unsigned char)*c))
                *c = '?';
        }
        return;
    }
}

static void show(uint64_t seed, int code, const char *text)
{
    char words[200];

    if (explore.report == NULL)
        explore.report = json_object();
    if (code != 0) {
        explore.failed++;
        find_words(words, sizeof words, text);
        json_object_set_new(explore.report, "what", json_string(words));
    }
    json_object_set_new(explore.report, "seed", json_integer((json_int_t)seed));
    json_object_set_new(explore.report, "code", json_integer(code));
    char *line = json_dumps(explore.report, JSON_COMPACT);
    puts(line);
    fflush(stdout);
    free(line);
    json_decref(explore.report);
    explore.report = NULL;
}

void explore_begin(void)
{
    struct branch branch;

    if (explore.plan.count == 0)
        return;
    for (uint32_t i = 0; i < machine.config.cpus; i++)
        engine_prepare(&machine.cpu[i]);
    for (uint64_t i = 0; i < explore.plan.count && machine.host_request == 0; i++) {
        if (branch_fork(&branch, explore.plan.timeout_s)) {
            chaos_reseed(explore.plan.first + i);
            return;
        }
        int code = branch_join(&branch, take_line, NULL);
        explore.joined++;
        char *text = branch_output(&branch, NULL);
        if (machine.host_request == 0) /* else the branch may have been broken off as well */
            show(explore.plan.first + i, code, text);
        free(text);
    }
    if (machine.host_request == 0)
        machine_finish(MACHINE_EXPLORED, ARCH_OFF_STOPPED, 0);
}
