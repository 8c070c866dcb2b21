/* SPDX-License-Identifier: MIT */
#include <sim/events.h>

#include <inttypes.h>
#include <stdio.h>

#include <base/hash.h>
#include <sim/machine.h>
#include <sim/moment.h>
#include <sim/serial.h>
#include <sim/trace.h>

static struct {
    struct events_plan plan;
    struct hash hash;
    struct event_mark now;
} state;

static const char *const kind_name[TRACE_KIND_COUNT] = {
    [TRACE_CALL] = "call", [TRACE_RETURN] = "return", [TRACE_FAULT] = "fault",   [TRACE_EXIT] = "exit",
    [TRACE_RESTART] = "restart", [TRACE_SWITCH] = "switch", [TRACE_STATE] = "state", [TRACE_IRQ] = "irq",
    [TRACE_TICK] = "tick", [TRACE_MARK] = "mark", [TRACE_TEXT] = "text",
};

static bool described(void)
{
    return state.now.events >= state.plan.from && state.now.events <= state.plan.to;
}

/* One event is complete: its words are in the hash. */
static void advance(uint64_t time)
{
    hash_u64(&state.hash, time);
    state.now.events++;
    state.now.time = time;
    if (state.now.events == state.plan.disturb_at)
        machine_spend(1);
}

static void announce(const char *words)
{
    bool marked = state.plan.every != 0 && state.now.events % state.plan.every == 0;

    if (!marked && !described())
        return;
    state.now.hash = hash_final(&state.hash);
    if (marked)
        state.plan.mark(&state.now);
    if (described())
        state.plan.event(&state.now, words);
}

static void on_trace(struct trace_sink *sink, const struct trace_event *e, uint64_t time)
{
    char words[200 + MOMENT_TEXT] = "";

    (void)sink;
    hash_u64(&state.hash, (uint64_t)e->kind << 48 | (uint64_t)e->thread << 32 | (uint64_t)e->cpu << 16 | e->count);
    hash_u64(&state.hash, e->a);
    hash_u64(&state.hash, e->b);
    hash_u64(&state.hash, e->c);
    hash_u64(&state.hash, e->d);
    hash_u64(&state.hash, e->e);
    hash_u64(&state.hash, e->f);
    hash_u64(&state.hash, machine.stats.user_bytes);
    advance(time);
    if (described())
        snprintf(words, sizeof words,
            "%s, cpu %u, thread %d, values %" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64
            ", %" PRIu64 " bytes of user code so far, %s",
            e->kind < TRACE_KIND_COUNT ? kind_name[e->kind] : "?", e->cpu, e->thread == TRACE_NO_THREAD ? -1 : e->thread,
            e->a, e->b, e->c, e->d, e->e, e->f, machine.stats.user_bytes, moment_text());
    announce(words);
}

static void on_output(struct serial_tap *tap, uint8_t byte, uint64_t time)
{
    char words[40 + MOMENT_TEXT] = "";

    (void)tap;
    hash_u64(&state.hash, UINT64_C(0x100) | byte);
    advance(time);
    if (described())
        snprintf(words, sizeof words, "output of byte 0x%02x, %s", byte, moment_text());
    announce(words);
}

void events_start(const struct events_plan *plan)
{
    static struct trace_sink sink = {.event = on_trace};
    static struct serial_tap output = {.byte = on_output};

    state.plan = *plan;
    hash_init(&state.hash, 1);
    trace_add(&sink);
    serial_add_tap(&output);
}

struct event_mark events_now(void)
{
    state.now.hash = hash_final(&state.hash);
    return state.now;
}
