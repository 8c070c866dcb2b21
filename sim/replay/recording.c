/* SPDX-License-Identifier: MIT */
/* Recordings to and from JSON. Numbers that may need 64 bits are hexadecimal strings, for JSON's are signed. */
#include "recording.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arch/isa.h>
#include <config/config.h>
#include <sim/options.h>

#define FORMAT_VERSION 1
#define IMAGE_MAX (UINT64_C(64) << 20)

static const char *const kind_name[INPUT_KIND_COUNT] = {
    [INPUT_SERIAL] = "serial", [INPUT_KEY] = "key", [INPUT_QUIT] = "quit", [INPUT_GONE] = "gone"};

/* -- Writing -- */

static json_t *hex(uint64_t v)
{
    return json_sprintf("0x%" PRIx64, v);
}

static json_t *blob(const void *bytes, uint64_t size)
{
    char *text = recording_pack(bytes, size);
    json_t *o = json_pack("{s:I, s:s}", "size", (json_int_t)size, "data", text);

    free(text);
    return o;
}

static json_t *faults_json(const struct fault_plan *plan)
{
    json_t *rules = json_array();

    for (uint32_t i = 0; i < plan->count; i++)
        json_array_append_new(rules, json_string(plan->rules[i]));
    return json_pack("{s:o, s:o}", "seed", hex(plan->seed), "rules", rules);
}

static json_t *machine_json(const struct machine_config *m)
{
    json_t *o = json_pack("{s:i, s:o, s:o, s:i, s:b, s:o}", "cpus", (int)m->cpus, "memory", hex(m->ram_size), "seed",
        hex(m->seed), "clock_rate", (int)m->clock_rate, "metering", (int)m->metered, "stop_at_ns", hex(m->stop_at_ns));

    if (m->stop_at_moment != 0)
        json_object_set_new(o, "stop_at_moment", hex(m->stop_at_moment));
    if (m->entries != 0)
        json_object_set_new(o, "entries", hex(m->entries));
    if (m->stall_ns != 0)
        json_object_set_new(o, "stall_ns", hex(m->stall_ns));
    if (m->faults.count != 0)
        json_object_set_new(o, "faults", faults_json(&m->faults));
    if (m->no_framebuffer)
        json_object_set_new(o, "no_framebuffer", json_true());
    if (m->append != NULL)
        json_object_set_new(o, "append", json_string(m->append));
    if (m->dtb != NULL)
        json_object_set_new(o, "dtb", blob(m->dtb, m->dtb_size));
    if (m->image != NULL)
        json_object_set_new(o, "image", blob(m->image, m->image_size));
    return o;
}

static json_t *mark_json(const struct event_mark *m)
{
    return json_pack("[o, o, o]", hex(m->events), hex(m->hash), hex(m->time));
}

json_t *recording_to_json(const struct recording *r)
{
    json_t *inputs = json_array();
    json_t *marks = json_array();

    for (size_t i = 0; i < r->input_count; i++) {
        const struct input *in = &r->inputs[i];
        json_array_append_new(inputs, json_pack("[o, s, o]", hex(in->time), kind_name[in->kind], hex(in->value)));
    }
    for (size_t i = 0; i < r->mark_count; i++)
        json_array_append_new(marks, mark_json(&r->marks[i]));
    return json_pack("{s:s, s:i, s:s, s:s, s:s, s:o, s:i, s:o, s:o, s:o, s:o, s:i}", "format", "aegis-recording", "version",
        FORMAT_VERSION, "isa", isa_name, "profile", CONFIG_PROFILE_NAME, "image_name", r->image_name ? r->image_name : "",
        "machine", machine_json(&r->machine), "attached", (int)r->attached, "inputs", inputs, "marks", marks, "end",
        mark_json(&r->end), "state", hex(r->state), "exit", r->exit_code);
}

/* -- Reading: everything in the file is untrusted -- */

static const char *reading;

static _Noreturn void damaged(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static _Noreturn void damaged(const char *fmt, ...)
{
    char why[512];
    va_list args;

    va_start(args, fmt);
    vsnprintf(why, sizeof why, fmt, args);
    va_end(args);
    options_refuse(EXIT_DATA, "--replay=%s: %s", reading, why);
}

static uint64_t number(const json_t *v, const char *what)
{
    const char *text = json_string_value(v);
    char *end = NULL;

    if (text == NULL || strncmp(text, "0x", 2) != 0)
        damaged("\"%s\" is not a hexadecimal string", what);
    uint64_t n = strtoull(text + 2, &end, 16);
    if (end == text + 2 || *end != '\0')
        damaged("\"%s\" is not a hexadecimal string", what);
    return n;
}

static const char *string(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));

    if (s == NULL)
        damaged("\"%s\" is missing or not a string", key);
    return s;
}

static json_int_t integer(const json_t *o, const char *key, json_int_t low, json_int_t high)
{
    const json_t *v = json_object_get(o, key);

    if (!json_is_integer(v) || json_integer_value(v) < low || json_integer_value(v) > high)
        damaged("\"%s\" is missing or out of range", key);
    return json_integer_value(v);
}

static const void *bytes(const json_t *o, const char *key, uint64_t *size)
{
    const json_t *b = json_object_get(o, key);
    void *p;

    if (b == NULL)
        return NULL;
    *size = (uint64_t)integer(b, "size", 1, (json_int_t)IMAGE_MAX);
    p = recording_unpack(string(b, "data"), *size);
    if (p == NULL)
        damaged("the bytes of \"%s\" are damaged", key);
    return p;
}

static void load_faults(const json_t *o, struct fault_plan *plan)
{
    const json_t *rules = json_object_get(o, "rules");

    *plan = (struct fault_plan){.seed_given = true};
    if (o == NULL)
        return;
    plan->seed = number(json_object_get(o, "seed"), "seed");
    if (!json_is_array(rules) || json_array_size(rules) > FAULT_RULES_MAX)
        damaged("\"rules\" is not a list of at most %u", FAULT_RULES_MAX);
    for (size_t i = 0; i < json_array_size(rules); i++) {
        const char *rule = json_string_value(json_array_get(rules, i));
        const char *wrong = rule != NULL ? fault_rule_damage(rule) : "not a string";
        if (wrong != NULL)
            damaged("fault %zu: %s", i, wrong);
        plan->rules[plan->count++] = strdup(rule);
    }
}

static void load_machine(const json_t *o, struct machine_config *m)
{
    load_faults(json_object_get(o, "faults"), &m->faults);
    m->cpus = (uint32_t)integer(o, "cpus", 1, MACHINE_CPUS_MAX);
    m->ram_size = number(json_object_get(o, "memory"), "memory");
    m->seed = number(json_object_get(o, "seed"), "seed");
    m->clock_rate = (uint32_t)integer(o, "clock_rate", 1000000, UINT32_MAX);
    m->no_framebuffer = json_is_true(json_object_get(o, "no_framebuffer"));
    m->metered = json_is_true(json_object_get(o, "metering"));
    m->stop_at_ns = number(json_object_get(o, "stop_at_ns"), "stop_at_ns");
    if (json_object_get(o, "stop_at_moment") != NULL)
        m->stop_at_moment = number(json_object_get(o, "stop_at_moment"), "stop_at_moment");
    if (json_object_get(o, "entries") != NULL)
        m->entries = number(json_object_get(o, "entries"), "entries");
    if (json_object_get(o, "stall_ns") != NULL)
        m->stall_ns = number(json_object_get(o, "stall_ns"), "stall_ns");
    m->append = json_object_get(o, "append") != NULL ? strdup(string(o, "append")) : NULL;
    m->image = bytes(o, "image", &m->image_size);
    m->dtb = bytes(o, "dtb", &m->dtb_size);
    if (m->stall_ns != 0 && (m->stall_ns < STALL_NS_MIN || m->stall_ns > STALL_NS_MAX))
        damaged("\"stall_ns\" is out of range");
    if (m->ram_size % 4096 != 0 || m->ram_size > UINT64_C(2) << 30)
        damaged("\"memory\" is out of range");
}

static struct event_mark load_mark(const json_t *v)
{
    if (json_array_size(v) != 3)
        damaged("a mark does not have three numbers");
    return (struct event_mark){.events = number(json_array_get(v, 0), "marks"),
        .hash = number(json_array_get(v, 1), "marks"),
        .time = number(json_array_get(v, 2), "marks")};
}

static void *room_for(size_t count, size_t size)
{
    void *p = calloc(count + 1, size);

    if (p == NULL)
        abort();
    return p;
}

static void load_inputs(const json_t *a, struct recording *r)
{
    r->input_count = json_array_size(a);
    r->inputs = room_for(r->input_count, sizeof *r->inputs);
    for (size_t i = 0; i < r->input_count; i++) {
        const json_t *v = json_array_get(a, i);
        const char *kind = json_string_value(json_array_get(v, 1));
        struct input *in = &r->inputs[i];
        in->kind = INPUT_KIND_COUNT;
        for (int k = 0; k < INPUT_KIND_COUNT; k++) {
            if (kind != NULL && strcmp(kind, kind_name[k]) == 0)
                in->kind = (enum input_kind)k;
        }
        if (in->kind == INPUT_KIND_COUNT)
            damaged("input %zu has no known kind", i);
        in->time = number(json_array_get(v, 0), "inputs");
        in->value = (uint32_t)number(json_array_get(v, 2), "inputs");
        if (i > 0 && in->time < r->inputs[i - 1].time)
            damaged("input %zu is earlier than the one before", i);
    }
}

static void load_marks(const json_t *a, struct recording *r)
{
    r->mark_count = json_array_size(a);
    r->marks = room_for(r->mark_count, sizeof *r->marks);
    for (size_t i = 0; i < r->mark_count; i++)
        r->marks[i] = load_mark(json_array_get(a, i));
}

void recording_load(const char *path, struct recording *out)
{
    json_error_t error;
    uint64_t size;
    uint8_t *text = options_read_file("replay", path, &size);
    json_t *root = json_loadb((const char *)text, size, JSON_REJECT_DUPLICATES, &error);

    free(text);
    reading = path;
    if (root == NULL)
        damaged("line %d: %s", error.line, error.text);
    if (strcmp(string(root, "format"), "aegis-recording") != 0 || integer(root, "version", 0, 1000000) != FORMAT_VERSION)
        damaged("not a recording of version %d", FORMAT_VERSION);
    if (strcmp(string(root, "isa"), isa_name) != 0)
        damaged("recorded on %s, but this is the machine of %s; use --arch=%s", string(root, "isa"), isa_name, string(root, "isa"));
    if (strcmp(string(root, "profile"), CONFIG_PROFILE_NAME) != 0)
        damaged("recorded with profile %s; use --profile=%s", string(root, "profile"), string(root, "profile"));
    *out = (struct recording){.image_name = strdup(string(root, "image_name"))};
    load_machine(json_object_get(root, "machine"), &out->machine);
    out->attached = (uint32_t)integer(root, "attached", 0, 8);
    load_inputs(json_object_get(root, "inputs"), out);
    load_marks(json_object_get(root, "marks"), out);
    out->end = load_mark(json_object_get(root, "end"));
    out->state = number(json_object_get(root, "state"), "state");
    out->exit_code = (int)integer(root, "exit", 0, 255);
    json_decref(root);
}
