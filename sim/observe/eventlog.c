/* SPDX-License-Identifier: MIT */
#include <sim/eventlog.h>

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <sim/moment.h>
#include <sim/options.h>
#include <sim/trace.h>

static struct {
    struct trace_sink sink;
    const char *path;
    FILE *file;
    bool failed;
} eventlog;

static int refuse(void)
{
    fprintf(stderr, "aegis-sim: --events=%s: cannot be written: %s\n", eventlog.path, strerror(errno));
    eventlog.failed = true;
    return EXIT_IO;
}

static void on_event(struct trace_sink *sink, const struct trace_event *e, uint64_t time)
{
    (void)sink;
    (void)time;
    if (!moment_shown())
        return;
    int n = fprintf(eventlog.file,
        "T %x %x %x %x %" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64 " %s\n", e->kind, e->cpu, e->thread,
        e->count, e->a, e->b, e->c, e->d, e->e, e->f, moment_text());
    if (n < 0 && !eventlog.failed)
        (void)refuse();
}

static void on_end(struct trace_sink *sink, uint64_t time)
{
    (void)sink;
    (void)time;
    if (fflush(eventlog.file) != 0 && !eventlog.failed)
        (void)refuse();
}

int eventlog_start(const char *path)
{
    eventlog.path = path;
    eventlog.file = fopen(path, "we");
    if (eventlog.file == NULL)
        return refuse();
    eventlog.sink = (struct trace_sink){.event = on_event, .end = on_end, .to_file = true};
    trace_add(&eventlog.sink);
    return EXIT_OK;
}
