/* SPDX-License-Identifier: MIT */
/* Trace events in an array, a file of the answers that calls got, backtraces by frame pointers, and fault points. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <arch/debug.h>

#include "null_priv.h"

static struct trace_event events[NULL_TRACE_SIZE];

void arch_trace_event(const struct trace_event *event)
{
    if (null_port.trace && null_machine.trace_count < NULL_TRACE_SIZE)
        events[null_machine.trace_count++] = *event;
}

void null_trace(bool on)
{
    null_port.trace = on;
    if (on)
        null_machine.trace_count = 0;
}

uint32_t null_trace_count(void)
{
    return null_machine.trace_count;
}

const struct trace_event *null_trace_at(uint32_t i)
{
    if (i >= null_machine.trace_count)
        null_misuse("null_trace_at(): no such event");
    return &events[i];
}

void null_note_answer(uint64_t nr, status_t status)
{
    static bool noted[64][128]; /* by number and error */
    uint64_t error = (uint64_t)-(int64_t)status;
    const char *path;
    char line[64];
    int file, size;

    if (nr >= ARRAY_LEN(noted) || error >= ARRAY_LEN(noted[0]) || noted[nr][error])
        return;
    noted[nr][error] = true;
    path = getenv("AEGIS_NULL_ANSWERS");
    if (path == NULL)
        return;
    file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    size = snprintf(line, sizeof line, "%llu %d\n", (unsigned long long)nr, (int)status);
    if (file < 0 || write(file, line, (size_t)size) != size)
        null_misuse("AEGIS_NULL_ANSWERS: cannot write that file");
    (void)close(file);
}

void arch_set_crash_handler(void (*handler)(const char *what))
{
    null_machine.crash_handler = handler;
}

void null_crash(const char *what)
{
    null_machine.crash_handler(what);
}

uint32_t arch_backtrace(uintptr_t *pcs, uint32_t max)
{
    const struct null_stack *stack = null_machine.cpu[null_port.cpu].running->stack;
    uintptr_t low = (uintptr_t)stack->base;
    uintptr_t high = low + stack->size - 2 * sizeof(uintptr_t);
    const uintptr_t *frame = __builtin_frame_address(0);
    uint32_t count = 0;
    /* Frames grow towards the stack's start; anything else is the end of the chain. */
    while (count < max && (uintptr_t)frame >= low && (uintptr_t)frame <= high && frame[1] != 0) {
        pcs[count++] = frame[1];
        low = (uintptr_t)frame + sizeof(uintptr_t);
        frame = (const uintptr_t *)frame[0];
    }
    return count;
}

bool arch_kernel_register(uint32_t i, const char **name, uint64_t *value)
{
    static const char *const names[] = {"pc", "fp"};
    const uint64_t values[] = {(uintptr_t)__builtin_return_address(0), (uintptr_t)__builtin_frame_address(0)};
    if (i >= ARRAY_LEN(names))
        return false;
    *name = names[i];
    *value = values[i];
    return true;
}

void null_fault(enum fault_point point, uint32_t nth)
{
    null_port.fault_seen[point] = 0;
    null_port.fault_nth[point] = nth;
}

uint32_t null_fault_count(enum fault_point point)
{
    return null_port.fault_seen[point];
}
