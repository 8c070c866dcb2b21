/* SPDX-License-Identifier: MIT */
/*
 * Breakpoints and watchpoints. Memory of static tasks has an address of its own in each task, so an address says whose it is;
 * where it lies is known when that task has run for the first time.
 */
#include "gdb_priv.h"

#include <arch/memory.h>
#include <sim/engine.h>
#include <sim/tasks.h>

#define PAGE UINT64_C(4096)
#define PIECES 2u /* gdb's watchpoints are small: they touch two pages at most */

/* In the memory of `first`, or else of whoever has it. */
static bool find_physical(struct engine_watch *watch, uint64_t va, uint32_t first)
{
    if (first < MANIFEST_TASKS_MAX && tasks_physical(first, va, &watch->pa))
        return true;
    for (uint32_t i = 0; i < MANIFEST_TASKS_MAX; i++) {
        if (tasks_physical(i, va, &watch->pa))
            return true;
    }
    return false;
}

bool points_find(struct engine_watch *watch)
{
    return find_physical(watch, watch->at, MANIFEST_TASKS_MAX);
}

uint32_t points_watches(uint32_t task, uint64_t va, uint64_t size, struct engine_watch *out, uint32_t room)
{
    uint32_t n = 0;

    for (uint64_t done = 0, part; done < size; done += part) {
        struct engine_watch *w = &out[n];
        if (n++ == room)
            return 0;
        part = PAGE - (va + done) % PAGE;
        part = part < size - done ? part : size - done;
        *w = (struct engine_watch){.va = va, .at = va + done, .size = part};
        w->pending = !find_physical(w, w->at, task);
    }
    return n;
}

/* gdb's kinds: 0 and 1 are breakpoints, 2 is a write, 3 a read, 4 either. */
bool points_set(const char *text, bool set, uint32_t task)
{
    struct engine_watch watches[PIECES];
    char kind = *text;
    bool good = true;

    text += 2;
    uint64_t va = hex_number(&text);
    if (kind <= '1')
        return engine_break(va, set);
    text += *text == ',';
    uint64_t size = hex_number(&text);
    uint32_t count = kind <= '4' ? points_watches(task, va, size, watches, PIECES) : 0;
    for (uint32_t i = 0; i < count; i++) {
        watches[i].write = kind != '3';
        watches[i].read = kind != '2';
        good = engine_watch(&watches[i], set) && good;
    }
    return good && count > 0;
}
