/* SPDX-License-Identifier: MIT */
#include <sim/host.h>
#include <sim/machine.h>
#include <sim/trace.h>
#include <sim/tsan.h>

static struct trace_sink *sinks;

void trace_add(struct trace_sink *sink)
{
    struct trace_sink **end = &sinks;

    while (*end != NULL)
        end = &(*end)->next;
    sink->next = NULL;
    *end = sink;
    sim_port.trace |= sink->kinds != 0 ? sink->kinds : ~UINT32_C(0);
}

void trace_forget_files(void)
{
    struct trace_sink **s = &sinks;

    while (*s != NULL) {
        if ((*s)->to_file)
            *s = (*s)->next;
        else
            s = &(*s)->next;
    }
}

void trace_end(uint64_t time)
{
    for (struct trace_sink *s = sinks; s != NULL; s = s->next) {
        if (s->end != NULL)
            s->end(s, time);
    }
}

void host_trace(const struct trace_event *event)
{
    uint64_t time = machine_now();

    if (__tsan_ignore_thread_begin != NULL)
        __tsan_ignore_thread_begin();
    for (struct trace_sink *s = sinks; s != NULL; s = s->next) {
        if (s->kinds == 0 || (s->kinds & TRACE_BIT(event->kind)) != 0)
            s->event(s, event, time);
    }
    if (__tsan_ignore_thread_end != NULL)
        __tsan_ignore_thread_end();
}
