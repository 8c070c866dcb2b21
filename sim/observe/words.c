/* SPDX-License-Identifier: MIT */
#include "words.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

#include <abi/aegis_decode.h>
#include <abi/status.h>
#include <arch/context.h>
#include <sim/tasks.h>

#define TEXT_SHOWN 32u /* bytes of a buffer */

static void add(char **out, size_t *room, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void add(char **out, size_t *room, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int n = vsnprintf(*out, *room, format, args);
    va_end(args);
    size_t used = n < 0 ? 0 : (size_t)n < *room ? (size_t)n : *room - 1;
    *out += used;
    *room -= used;
}

const char *words_call(uint64_t nr)
{
    return nr < AEGIS_NR_COUNT ? aegis_call_table[nr].name : "call";
}

/* A buffer of the task, as C would write it. */
static void add_text(char **out, size_t *room, uint32_t task, uint64_t va, uint64_t len)
{
    uint8_t bytes[TEXT_SHOWN];
    uint64_t have = task < MANIFEST_TASKS_MAX ? tasks_read(task, va, bytes, len < sizeof bytes ? len : sizeof bytes) : 0;

    if (have == 0) {
        add(out, room, "0x%llx", (unsigned long long)va);
        return;
    }
    add(out, room, "\"");
    for (uint64_t i = 0; i < have; i++) {
        if (bytes[i] == '\n')
            add(out, room, "\\n");
        else if (bytes[i] == '"' || bytes[i] == '\\')
            add(out, room, "\\%c", bytes[i]);
        else if (isprint(bytes[i]))
            add(out, room, "%c", bytes[i]);
        else
            add(out, room, "\\x%02x", bytes[i]);
    }
    add(out, room, "\"%s", have < len ? "..." : "");
}

static void add_argument(char **out, size_t *room, const struct trace_event *call, const struct aegis_arg *arg)
{
    const uint64_t words[] = {call->c, call->d, call->e, call->f, call->b};
    uint64_t value = words[arg->reg];

    add(out, room, "%s=", arg->name);
    switch (arg->type) {
    case AEGIS_ARG_UADDR: add_text(out, room, call->thread, value, words[arg->extra]); break;
    case AEGIS_ARG_WORD:
    case AEGIS_ARG_BITS: add(out, room, "0x%llx", (unsigned long long)value); break;
    case AEGIS_ARG_TASK:
        add(out, room, "%llu", (unsigned long long)value);
        if (value < MANIFEST_TASKS_MAX && tasks_get((uint32_t)value)->used)
            add(out, room, " (%s)", tasks_get((uint32_t)value)->name);
        break;
    default: add(out, room, "%llu", (unsigned long long)value); break;
    }
}

void words_arguments(char *out, size_t room, const struct trace_event *call)
{
    *out = '\0';
    if (call->a >= AEGIS_NR_COUNT) {
        add(&out, &room, "nr=%llu, target=0x%llx, 0x%llx, 0x%llx, 0x%llx, 0x%llx", (unsigned long long)call->a,
            (unsigned long long)call->b, (unsigned long long)call->c, (unsigned long long)call->d, (unsigned long long)call->e,
            (unsigned long long)call->f);
        return;
    }
    const struct aegis_call *entry = &aegis_call_table[call->a];
    for (uint32_t i = 0; i < entry->argc; i++) {
        if (i > 0)
            add(&out, &room, ", ");
        add_argument(&out, &room, call, &entry->arg[i]);
    }
}

void words_result(char *out, size_t room, const struct trace_event *result)
{
    status_t status = (status_t)(int64_t)result->b;
    enum aegis_result kind = result->a < AEGIS_NR_COUNT ? aegis_call_table[result->a].result : AEGIS_RESULT_NONE;

    if (status != STATUS_OK) {
        snprintf(out, room, "%s (%s)", status_name(status), status_sentence(status));
        return;
    }
    switch (kind) {
    case AEGIS_RESULT_VALUE: snprintf(out, room, "%llu", (unsigned long long)result->c); break;
    case AEGIS_RESULT_MSG:
        snprintf(out, room, "{0x%llx, 0x%llx, 0x%llx, 0x%llx}", (unsigned long long)result->c, (unsigned long long)result->d,
            (unsigned long long)result->e, (unsigned long long)result->f);
        break;
    case AEGIS_RESULT_DEVICE:
        snprintf(out, room, "{kind=%llu, base=0x%llx, stride=%llu}", (unsigned long long)result->d,
            (unsigned long long)result->e, (unsigned long long)result->f);
        break;
    default: snprintf(out, room, "%s", status_name(status)); break;
    }
}

static const char *const trap_words[ARCH_TRAP_COUNT] = {
    [ARCH_TRAP_ILLEGAL] = "undefined or privileged instruction", [ARCH_TRAP_FP] = "floating-point or SIMD instruction",
    [ARCH_TRAP_COUNTER] = "read of a cycle or time counter", [ARCH_TRAP_BREAKPOINT] = "breakpoint instruction",
    [ARCH_TRAP_ARITHMETIC] = "divide error", [ARCH_TRAP_ALIGN] = "misaligned access",
    [ARCH_TRAP_PORT] = "I/O port that the task does not own", [ARCH_TRAP_OTHER] = "exception",
};

void words_fault(char *out, size_t room, const struct trace_event *fault)
{
    static const char *const access[] = {"read of", "write to", "execution at"};
    const char *what = fault->a < ARCH_TRAP_COUNT && trap_words[fault->a] != NULL ? trap_words[fault->a] : "trap";

    switch (fault->e) {
    case TRACE_FAULT_DENIED: what = "call that its mask denies"; break;
    case TRACE_FAULT_UNKNOWN_CALL: what = "call that does not exist"; break;
    case TRACE_FAULT_WATCHDOG: what = "missed heartbeat"; break;
    case TRACE_FAULT_LOAD: what = "program that could not be loaded"; break;
    default:
        if (fault->a != ARCH_TRAP_PAGE)
            break;
        snprintf(out, room, "page fault, %s 0x%llx (%s) at pc 0x%llx", access[(fault->d & 0xFF) % 3], (unsigned long long)fault->c,
            fault->d >> 8 != 0 ? "not permitted" : "not mapped", (unsigned long long)fault->b);
        return;
    }
    snprintf(out, room, "%s at pc 0x%llx", what, (unsigned long long)fault->b);
}
