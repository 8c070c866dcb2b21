/* SPDX-License-Identifier: MIT */
#include <sim/strace.h>

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include <sim/moment.h>
#include <sim/tasks.h>
#include <sim/trace.h>

#include "words.h"

#define NS_PER_S UINT64_C(1000000000)

struct open_call {
    bool open;
    uint64_t time, moment;
    char text[400];
};

static struct {
    struct trace_sink sink;
    struct open_call call[MANIFEST_TASKS_MAX];
} strace;

/* One line of a task; it reaches stderr in one piece. */
static void line(uint32_t task, uint64_t time, uint64_t moment, const char *format, ...) __attribute__((format(printf, 4, 5)));

static void line(uint32_t task, uint64_t time, uint64_t moment, const char *format, ...)
{
    uint64_t ns = machine_units_to_ns(time);
    char text[640], at[MOMENT_TEXT];
    va_list args;

    if (!moment_shown())
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    fprintf(stderr, "[%llu.%09llu %s] task %u (%s): %s\n", (unsigned long long)(ns / NS_PER_S),
        (unsigned long long)(ns % NS_PER_S), moment_format(at, moment), task, tasks_get(task)->name, text);
}

static void begin_call(const struct trace_event *event, uint64_t time)
{
    struct open_call *call = &strace.call[event->thread];
    char arguments[320];

    words_arguments(arguments, sizeof arguments, event);
    snprintf(call->text, sizeof call->text, "%s(%s)", words_call(event->a), arguments);
    call->time = time;
    call->moment = moment_now();
    call->open = true;
}

/* The clock of the CPU that completes a call may be behind that of the one on which it began. */
static void end_call(uint32_t task, uint64_t time, const char *result)
{
    struct open_call *call = &strace.call[task];
    uint64_t ns = time > call->time ? machine_units_to_ns(time - call->time) : 0;

    if (!call->open)
        return;
    call->open = false;
    line(task, call->time, call->moment, "%s = %s <%llu.%09llu>", call->text, result, (unsigned long long)(ns / NS_PER_S),
        (unsigned long long)(ns % NS_PER_S));
}

static void on_event(struct trace_sink *sink, const struct trace_event *event, uint64_t time)
{
    char text[320];

    (void)sink;
    if (event->thread >= MANIFEST_TASKS_MAX)
        return;
    switch (event->kind) {
    case TRACE_CALL: begin_call(event, time); break;
    case TRACE_RETURN:
        words_result(text, sizeof text, event);
        end_call(event->thread, time, text);
        break;
    case TRACE_FAULT:
        end_call(event->thread, time, "fault");
        words_fault(text, sizeof text, event);
        line(event->thread, time, moment_now(), "--- %s ---", text);
        break;
    case TRACE_EXIT:
        end_call(event->thread, time, "?");
        line(event->thread, time, moment_now(), "+++ exited with %u +++", (uint32_t)event->a);
        break;
    default: line(event->thread, time, moment_now(), "+++ restarted (%llu) +++", (unsigned long long)event->a); break;
    }
}

static void on_end(struct trace_sink *sink, uint64_t time)
{
    (void)sink;
    for (uint32_t i = 0; i < MANIFEST_TASKS_MAX; i++)
        end_call(i, time, "unfinished");
}

void strace_start(void)
{
    strace.sink = (struct trace_sink){.kinds = TRACE_BIT(TRACE_CALL) | TRACE_BIT(TRACE_RETURN) | TRACE_BIT(TRACE_FAULT) |
        TRACE_BIT(TRACE_EXIT) | TRACE_BIT(TRACE_RESTART), .event = on_event, .end = on_end};
    trace_add(&strace.sink);
}
