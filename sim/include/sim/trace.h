/* SPDX-License-Identifier: MIT */
/* Who listens to trace events: a list of sinks, each called with every event in the order of the machine. */
#pragma once
#include <arch/debug.h>

/** A bit of trace_sink.kinds. */
#define TRACE_BIT(kind) (UINT32_C(1) << (kind))

struct trace_sink {
    uint32_t kinds; /* which events; 0: all. Constant */
    /** One event, stamped with the time of the CPU that reported it. Must not let the machine run. */
    void (*event)(struct trace_sink *sink, const struct trace_event *event, uint64_t time);
    /** The machine has ended; flush. May be NULL. */
    void (*end)(struct trace_sink *sink, uint64_t time);
    bool to_file; /* it writes a file, which is of one run: a branch of it has no say there. Constant */
    struct trace_sink *next;
};

/** Add a sink; it lives until the process ends. */
void trace_add(struct trace_sink *sink);
/** Drop the sinks that write files; the process has become a branch of the run. */
void trace_forget_files(void);
/** Tell every sink that the machine has ended at `time`. */
void trace_end(uint64_t time);
