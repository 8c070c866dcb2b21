/* SPDX-License-Identifier: MIT */
/* Breakpoints and watchpoints. */
#include "gdb_priv.h"

#include <stdlib.h>
#include <string.h>

#include <arch/memory.h>
#include <sim/engine.h>
#include <sim/tasks.h>

#define PAGE UINT64_C(4096)

uint32_t points_watches(uint32_t task, uint64_t va, uint64_t size, struct engine_watch *out, uint32_t room)
{
    uint32_t n = 0;

    for (uint64_t done = 0, part; done < size; done += part) {
        struct engine_watch *w = &out[n];
        part = PAGE - (va + done) % PAGE;
        part = part < size - done ? part : size - done;
        if (n++ == room || !tasks_physical(task, va + done, &w->pa))
            return 0;
        w->va = va;
        w->size = part;
    }
    return n;
}

/* gdb's kinds: 0 and 1 are breakpoints, 2 is a write, 3 a read, 4 either. */
bool points_set(const char *text, bool set, uint32_t task)
{
    struct engine_watch watches[2];
    char kind = *text;
    bool good = true;

    text += 2;
    uint64_t va = hex_number(&text);
    if (kind <= '1')
        return engine_break(va, set);
    text += *text == ',';
    uint64_t size = hex_number(&text);
    uint32_t count = task < MANIFEST_TASKS_MAX ? points_watches(task, va, size, watches, 2) : 0;
    for (uint32_t i = 0; i < count; i++) {
        watches[i].write = kind != '3';
        watches[i].read = kind != '2';
        good = engine_watch(&watches[i], set) && good;
    }
    return good && count > 0;
}
