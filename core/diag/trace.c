/* SPDX-License-Identifier: MIT */
#include <diag/trace.h>

#include <arch/cpu.h>
#include <arch/timer.h>

#define TEXT_BYTES 32u /* of one event: four words */

void trace_send(enum trace_kind kind, uint32_t thread, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    const struct trace_event event = {
        .kind = (uint16_t)kind, .thread = (uint16_t)thread, .cpu = (uint16_t)arch_cpu_id(), .a = a, .b = b, .c = c, .d = d};

    arch_trace_event(&event);
}

void trace_send_words(enum trace_kind kind, uint32_t thread, uint64_t nr, uint64_t b, const uint64_t w[4], uint32_t count)
{
    const struct trace_event event = {.kind = (uint16_t)kind,
                                      .thread = (uint16_t)thread,
                                      .cpu = (uint16_t)arch_cpu_id(),
                                      .count = (uint16_t)count,
                                      .a = nr,
                                      .b = b,
                                      .c = w[0],
                                      .d = w[1],
                                      .e = w[2],
                                      .f = w[3]};

    arch_trace_event(&event);
}

void trace_send_text(uint32_t thread, const char *text, size_t len)
{
    for (size_t from = 0; from < len; from += TEXT_BYTES) {
        uint32_t count = len - from < TEXT_BYTES ? (uint32_t)(len - from) : TEXT_BYTES;
        uint64_t w[4] = {0};

        for (uint32_t i = 0; i < count; i++)
            w[i / 8] |= (uint64_t)(uint8_t)text[from + i] << i % 8 * 8;
        trace_send_words(TRACE_TEXT, thread, from, 0, w, count);
    }
}
