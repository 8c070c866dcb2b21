/* SPDX-License-Identifier: MIT */
#include <sim/replay.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sim/branch.h>
#include <sim/events.h>
#include <sim/moment.h>
#include <sim/options.h>
#include <sim/serial.h>

#include "recording.h"

static struct {
    const char *record, *replay;
    struct recording wanted; /* what --replay follows */
    struct recording made;   /* what --record writes */
    struct event_mark agreed; /* the last mark at which both runs were the same */
    bool differs;
} state;

bool replay_active(void)
{
    return state.replay != NULL;
}

void replay_load(const struct replay_plan *plan, struct machine_config *config)
{
    if (plan->replay == NULL)
        return;
    struct machine_config given = *config;
    state.replay = plan->replay;
    recording_load(plan->replay, &state.wanted);
    *config = state.wanted.machine;
    config->timeout_s = given.timeout_s; /* what has nothing to do with the guest */
    config->framebuffer_map = given.framebuffer_map;
    config->image_name = state.wanted.image_name;
}

/* -- Recording -- */

static void *grow(void *array, size_t count, size_t size)
{
    /* Room doubles: full whenever the count is a power of two. */
    if ((count & (count - 1)) != 0)
        return array;
    array = realloc(array, (count == 0 ? 1 : count * 2) * size);
    if (array == NULL)
        abort();
    return array;
}

static void record_input(struct input_tap *tap, const struct input *input)
{
    struct recording *r = &state.made;

    (void)tap;
    r->inputs = grow(r->inputs, r->input_count, sizeof *r->inputs);
    r->inputs[r->input_count++] = *input;
}

static void compare_mark(const struct event_mark *mark)
{
    size_t i = mark->events / RECORDING_EVERY - 1;

    if (state.differs)
        return;
    if (i < state.wanted.mark_count && state.wanted.marks[i].hash == mark->hash) {
        state.agreed = *mark;
        return;
    }
    state.differs = true;
    machine_ask(MACHINE_CLOSED);
}

static void on_mark(const struct event_mark *mark)
{
    struct recording *r = &state.made;

    if (branch_is_child())
        return; /* it is not the run that was recorded */
    if (state.replay != NULL)
        compare_mark(mark);
    if (state.record == NULL)
        return;
    r->marks = grow(r->marks, r->mark_count, sizeof *r->marks);
    r->marks[r->mark_count++] = *mark;
}

void replay_begin(const struct replay_plan *plan, const struct machine_config *config)
{
    static struct input_tap tap = {.input = record_input};
    const struct events_plan events = {.every = RECORDING_EVERY, .mark = on_mark};

    state.record = plan->record;
    if (determinism_is_child())
        determinism_report_events();
    else if (plan->record != NULL || plan->replay != NULL)
        events_start(&events);
    if (plan->record != NULL) {
        state.made.machine = *config;
        state.made.image_name = config->image_name;
        state.made.attached = input_attached();
        input_add_tap(&tap);
    }
    if (plan->replay != NULL)
        input_ignore_live();
    for (uint32_t i = 0; i < state.wanted.attached; i++)
        input_attach();
    for (size_t i = 0; i < state.wanted.input_count; i++)
        input_replay(&state.wanted.inputs[i]);
}

static bool was_cut_short(const struct machine_result *result)
{
    return result->end == MACHINE_QUIT || result->end == MACHINE_TIMEOUT || result->end == MACHINE_FORBIDDEN;
}

/* A run that was cut short from outside is a run that stops at that time. */
static void note_early_end(const struct machine_result *result)
{
    if (!was_cut_short(result))
        return;
    uint64_t ns = machine_units_to_ns(result->time);
    while (machine_ns_to_units(ns) < result->time)
        ns++;
    state.made.machine.stop_at_ns = ns;
}

static int write_recording(const struct machine_result *result, int code)
{
    note_early_end(result);
    state.made.end = events_now();
    state.made.state = machine_hash();
    state.made.exit_code = code;
    json_t *root = recording_to_json(&state.made);
    if (json_dump_file(root, state.record, JSON_INDENT(1)) != 0) {
        fprintf(stderr, "aegis-sim: --record=%s: cannot be written\n", state.record);
        code = code != 0 ? code : EXIT_IO;
    }
    json_decref(root);
    return code;
}

static int report_difference(const char *what)
{
    double ms = (double)machine_units_to_ns(state.agreed.time) / 1e6;

    fprintf(stderr, "aegis-sim: --replay=%s: the run is not the recorded one: %s; the last mark they share is event %" PRIu64
        " at %.6f ms\n", state.replay, what, state.agreed.events, ms);
    return EXIT_DESYNC;
}

static int compare_end(int code)
{
    struct event_mark end = events_now();

    if (state.differs)
        return report_difference("events differ");
    if (end.events != state.wanted.end.events || end.hash != state.wanted.end.hash)
        return report_difference("its end has other events");
    if (machine_hash() != state.wanted.state)
        return report_difference("its state at the end differs");
    fprintf(stderr, "aegis-sim: replay: %" PRIu64 " events, the same as recorded\n", end.events);
    return code;
}

/* --stop-at=@M of the command line, not of the recording: the run agreed with it as far as it went. */
static bool was_stopped_on_the_way(const struct machine_result *result)
{
    return result->end == MACHINE_STOP_AT && machine.config.stop_at_moment == moment_now() &&
        machine.config.stop_at_moment != state.wanted.machine.stop_at_moment && !state.differs;
}

int replay_end(const struct machine_result *result, int code)
{
    if (determinism_is_child())
        determinism_report_end();
    if (state.replay != NULL && !was_cut_short(result) && !was_stopped_on_the_way(result))
        code = compare_end(code);
    if (state.record != NULL)
        code = write_recording(result, code);
    return code;
}
