/* SPDX-License-Identifier: MIT */
/*
 * The file is valid JSON however the run ends: each piece is written together with the closing brackets, and the next one
 * begins in their place.
 */
#include <sim/timeline.h>

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sim/moment.h>
#include <sim/options.h>
#include <sim/tasks.h>
#include <sim/trace.h>

#include "words.h"

#define ROOM 65536u
#define EVENT_MAX 1024u /* bytes of one event */
#define PID_CPUS 1
#define PID_TASKS 2

static const char closing[] = "\n]}\n";

static struct {
    struct trace_sink sink;
    const char *path;
    int fd;
    bool seekable, failed;
    off_t at;          /* where the next piece goes */
    size_t used;
    char buffer[ROOM + sizeof closing];
    uint32_t running[MACHINE_CPUS_MAX]; /* task, or TASKS_NONE */
    uint64_t since[MACHINE_CPUS_MAX];
    uint64_t last[MANIFEST_TASKS_MAX];  /* latest time on a task's track */
    bool open[MANIFEST_TASKS_MAX];      /* a call is under way */
} timeline;

/* -- The file -- */

static void write_out(const char *bytes, size_t len)
{
    while (len > 0 && !timeline.failed) {
        ssize_t n = timeline.seekable ? pwrite(timeline.fd, bytes, len, timeline.at) : write(timeline.fd, bytes, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            timeline.failed = true;
            fprintf(stderr, "aegis-sim: --trace=%s: cannot be written: %s\n", timeline.path, strerror(errno));
            return;
        }
        timeline.at += n;
        bytes += n;
        len -= (size_t)n;
    }
}

static void flush(bool last)
{
    size_t tail = timeline.seekable || last ? sizeof closing - 1 : 0;

    memcpy(timeline.buffer + timeline.used, closing, tail);
    write_out(timeline.buffer, timeline.used + tail);
    if (timeline.seekable)
        timeline.at -= (off_t)tail;
    timeline.used = 0;
}

static void add(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void add(const char *format, ...)
{
    va_list args;

    if (timeline.used + EVENT_MAX > ROOM)
        flush(false);
    va_start(args, format);
    int n = vsnprintf(timeline.buffer + timeline.used, EVENT_MAX, format, args);
    va_end(args);
    if (n > 0 && n < (int)EVENT_MAX)
        timeline.used += (size_t)n;
}

/* Text as the inside of a JSON string. */
static const char *quoted(const char *text)
{
    static char out[640];
    size_t n = 0;

    for (; *text != '\0' && n < sizeof out - 2; text++) {
        if (*text == '"' || *text == '\\')
            out[n++] = '\\';
        out[n++] = (uint8_t)*text < ' ' ? ' ' : *text;
    }
    out[n] = '\0';
    return out;
}

/* The beginning of an event: its kind, track and time in microseconds. */
static void begin(const char *phase, int pid, uint32_t track, uint64_t time)
{
    uint64_t ns = machine_units_to_ns(time);

    add(",\n{\"ph\":\"%s\",\"pid\":%d,\"tid\":%u,\"ts\":%llu.%03llu", phase, pid, track + 1, (unsigned long long)(ns / 1000),
        (unsigned long long)(ns % 1000));
}

static void name_track(const char *kind, int pid, uint32_t track, const char *name)
{
    add(",\n{\"ph\":\"M\",\"pid\":%d,\"tid\":%u,\"name\":\"%s\",\"args\":{\"name\":\"%s\"}}", pid, track, kind, quoted(name));
}

/* -- CPUs -- */

static void end_slice(uint32_t cpu, uint64_t time)
{
    uint32_t task = timeline.running[cpu];
    uint64_t ns = machine_units_to_ns(time - timeline.since[cpu]);

    if (task == TASKS_NONE)
        return;
    begin("X", PID_CPUS, cpu, timeline.since[cpu]);
    add(",\"dur\":%llu.%03llu,\"name\":\"%s\",\"args\":{\"task\":%u,\"until\":\"%s\"}}", (unsigned long long)(ns / 1000),
        (unsigned long long)(ns % 1000), quoted(tasks_get(task)->name), task, moment_text());
    timeline.running[cpu] = TASKS_NONE;
}

static void on_cpu(const struct trace_event *event, uint64_t time)
{
    switch (event->kind) {
    case TRACE_SWITCH:
        end_slice(event->cpu, time);
        timeline.running[event->cpu] = event->thread < MANIFEST_TASKS_MAX ? event->thread : TASKS_NONE;
        timeline.since[event->cpu] = time;
        break;
    case TRACE_IRQ:
        begin("i", PID_CPUS, event->cpu, time);
        add(",\"s\":\"t\",\"name\":\"interrupt %u\",\"args\":{\"moment\":\"%s\"}}", (uint32_t)event->a, moment_text());
        break;
    default:
        begin("i", PID_CPUS, event->cpu, time);
        add(",\"s\":\"t\",\"name\":\"tick %llu\",\"args\":{\"moment\":\"%s\"}}", (unsigned long long)event->a, moment_text());
        break;
    }
}

/* -- Tasks -- */

static void end_call(uint32_t task, uint64_t time, const char *result)
{
    if (!timeline.open[task])
        return;
    timeline.open[task] = false;
    begin("E", PID_TASKS, task, time);
    add(",\"args\":{\"result\":\"%s\",\"until\":\"%s\"}}", quoted(result), moment_text());
}

static void mark(uint32_t task, uint64_t time, const char *what)
{
    begin("i", PID_TASKS, task, time);
    add(",\"s\":\"t\",\"name\":\"%s\",\"args\":{\"moment\":\"%s\"}}", quoted(what), moment_text());
}

static void on_task(const struct trace_event *event, uint64_t time)
{
    uint32_t task = event->thread;
    char text[400];

    switch (event->kind) {
    case TRACE_CALL:
        words_arguments(text, sizeof text, event);
        begin("B", PID_TASKS, task, time);
        add(",\"name\":\"%s\",\"args\":{\"arguments\":\"%s\",\"moment\":\"%s\"}}", words_call(event->a), quoted(text), moment_text());
        timeline.open[task] = true;
        break;
    case TRACE_RETURN:
        words_result(text, sizeof text, event);
        end_call(task, time, text);
        break;
    case TRACE_FAULT:
        end_call(task, time, "fault");
        words_fault(text, sizeof text, event);
        mark(task, time, text);
        break;
    case TRACE_EXIT:
        end_call(task, time, "?");
        snprintf(text, sizeof text, "exited with %u", (uint32_t)event->a);
        mark(task, time, text);
        break;
    default:
        snprintf(text, sizeof text, "restarted (%llu)", (unsigned long long)event->a);
        mark(task, time, text);
        break;
    }
}

/* CPUs have clocks of their own: what moves to a slower one must not go back in time on its task's track. */
static uint64_t monotonic(uint32_t task, uint64_t time)
{
    if (time < timeline.last[task])
        time = timeline.last[task];
    timeline.last[task] = time;
    return time;
}

static void on_event(struct trace_sink *sink, const struct trace_event *event, uint64_t time)
{
    (void)sink;
    if (!moment_shown())
        return;
    switch (event->kind) {
    case TRACE_SWITCH:
    case TRACE_IRQ:
    case TRACE_TICK: on_cpu(event, time); break;
    default:
        if (event->thread < MANIFEST_TASKS_MAX)
            on_task(event, monotonic(event->thread, time));
        break;
    }
}

static void on_end(struct trace_sink *sink, uint64_t time)
{
    (void)sink;
    for (uint32_t i = 0; i < MACHINE_CPUS_MAX; i++)
        end_slice(i, time > timeline.since[i] ? time : timeline.since[i]);
    for (uint32_t i = 0; i < MANIFEST_TASKS_MAX; i++)
        end_call(i, monotonic(i, time), "unfinished");
    flush(true);
}

static void name_tracks(void)
{
    char name[40];

    timeline.used = (size_t)snprintf(timeline.buffer, EVENT_MAX, "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n"
        "{\"ph\":\"M\",\"pid\":%d,\"name\":\"process_name\",\"args\":{\"name\":\"CPUs\"}}", PID_CPUS);
    name_track("process_name", PID_TASKS, 0, "Tasks");
    for (uint32_t i = 0; i < machine.config.cpus; i++) {
        snprintf(name, sizeof name, "CPU %u", i);
        name_track("thread_name", PID_CPUS, i + 1, name);
    }
    for (uint32_t i = 0; i < MANIFEST_TASKS_MAX; i++) {
        snprintf(name, sizeof name, "%u %s", i, tasks_get(i)->name);
        if (tasks_get(i)->used)
            name_track("thread_name", PID_TASKS, i + 1, name);
    }
}

int timeline_start(const char *path)
{
    timeline.path = path;
    timeline.fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (timeline.fd < 0) {
        fprintf(stderr, "aegis-sim: --trace=%s: cannot be written: %s\n", path, strerror(errno));
        return EXIT_IO;
    }
    timeline.seekable = lseek(timeline.fd, 0, SEEK_CUR) == 0;
    for (uint32_t i = 0; i < MACHINE_CPUS_MAX; i++)
        timeline.running[i] = TASKS_NONE;
    name_tracks();
    flush(false);
    timeline.sink = (struct trace_sink){.kinds = TRACE_BIT(TRACE_CALL) | TRACE_BIT(TRACE_RETURN) | TRACE_BIT(TRACE_FAULT) |
        TRACE_BIT(TRACE_EXIT) | TRACE_BIT(TRACE_RESTART) | TRACE_BIT(TRACE_SWITCH) | TRACE_BIT(TRACE_IRQ) | TRACE_BIT(TRACE_TICK),
        .event = on_event, .end = on_end, .to_file = true};
    trace_add(&timeline.sink);
    return 0;
}
