/* SPDX-License-Identifier: MIT */
/* Structured events for tracers (strace, timelines, twin runs). Building one costs nothing while nobody listens. */
#pragma once
#include <arch/debug.h>

/** Send an event with up to four values. Any context. */
void trace_send(enum trace_kind kind, uint32_t thread, uint64_t a, uint64_t b, uint64_t c, uint64_t d);

/** Send a call event: all payload words, and for TRACE_RETURN how many of them are results. */
void trace_send_words(enum trace_kind kind, uint32_t thread, uint64_t nr, uint64_t b, const uint64_t w[4], uint32_t count);

/** Send what a task has written to the console, 32 bytes an event. Any context. */
void trace_send_text(uint32_t thread, const char *text, size_t len);

#define trace(kind, thread, a, b, c, d)                                                                                \
    do {                                                                                                               \
        if (arch_trace_wanted(kind))                                                                                   \
            trace_send(kind, thread, a, b, c, d);                                                                      \
    } while (0)
