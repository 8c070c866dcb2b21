/* SPDX-License-Identifier: MIT */
/*
 * A recording: everything that a run depends on (machine, image, input) and marks of what happened, as one JSON file. It
 * carries the image, so it replays wherever the same simulator is built.
 */
#pragma once
#include <jansson.h>
#include <sim/events.h>
#include <sim/input.h>
#include <sim/machine.h>

#define RECORDING_EVERY 1000u

struct recording {
    struct machine_config machine;
    const char *image_name;
    struct input *inputs;
    size_t input_count;
    uint32_t attached; /* so many could have typed, so the machine waited for it */
    struct event_mark *marks; /* each RECORDING_EVERY events */
    size_t mark_count;
    struct event_mark end;
    uint64_t state; /* machine_hash() at the end */
    int exit_code;
};

/** The JSON of a recording; a new reference. */
json_t *recording_to_json(const struct recording *recording);
/** Read one; exits 66 or 65 with one line saying what is wrong and where. */
void recording_load(const char *path, struct recording *out);

/** Bytes as text: deflated, then base64. Both return newly allocated memory, or NULL if the text is damaged. */
char *recording_pack(const void *bytes, size_t size);
void *recording_unpack(const char *text, size_t size);
