/* SPDX-License-Identifier: MIT */
/*
 * Breakpoints and steps of user code, by hooks before instructions: nothing is written into the program. Virtual time and
 * the places where CPUs take turns stay as they are without a debugger, because a run that goes on in the middle of a block
 * is not asked whether its units are used up: that was done when the block began.
 */
#include <arch/isa.h>

#include "engine_priv.h"

#define BREAKS_MAX ENGINE_BREAKS_MAX
#define NOWHERE UINT64_MAX

static struct {
    void (*stopped)(struct arch_user *user, enum engine_stopped why);
    struct engine_wishes wishes;
    bool (*find)(struct engine_watch *watch);
    uint64_t generation; /* of the wishes: engines whose hooks are older follow at their next run */
    const struct arch_user *step;
    uint64_t low, high;  /* addresses at which the step does not end */
    bool skip;           /* the step's first instruction has not run yet */
    uint64_t skipped;    /* where that is */
    bool at_entry;
    const struct engine_observer *observer;
    const struct arch_user *accessing; /* its instruction has touched `accessed`, and it has not stopped yet */
    struct engine_watch accessed;
} debug;

void engine_debug(void (*stopped)(struct arch_user *user, enum engine_stopped why))
{
    debug.stopped = stopped;
    debug.wishes.break_count = debug.wishes.watch_count = 0;
    debug.step = debug.accessing = NULL;
    debug.at_entry = false;
    debug.observer = NULL;
    debug.generation++;
}

bool engine_is_break(uint64_t va)
{
    for (uint32_t i = 0; i < debug.wishes.break_count; i++) {
        if (debug.wishes.breaks[i] == va)
            return true;
    }
    return false;
}

bool engine_break(uint64_t va, bool set)
{
    struct engine_wishes *w = &debug.wishes;

    if (engine_is_break(va) == set)
        return true;
    if (set && w->break_count == BREAKS_MAX)
        return false;
    debug.generation++;
    if (set) {
        w->breaks[w->break_count++] = va;
        return true;
    }
    for (uint32_t i = 0; i < w->break_count; i++) {
        if (w->breaks[i] == va)
            w->breaks[i--] = w->breaks[--w->break_count];
    }
    return true;
}

static bool same_watch(const struct engine_watch *a, const struct engine_watch *b)
{
    return a->at == b->at && a->size == b->size && a->read == b->read && a->write == b->write;
}

bool engine_watch(const struct engine_watch *watch, bool set)
{
    struct engine_wishes *w = &debug.wishes;

    for (uint32_t i = 0; i < w->watch_count; i++) {
        if (same_watch(&w->watches[i], watch))
            w->watches[i--] = w->watches[--w->watch_count];
    }
    debug.generation++;
    if (set && w->watch_count == ENGINE_WATCHES_MAX)
        return false;
    if (set)
        w->watches[w->watch_count++] = *watch;
    return true;
}

void engine_wishes(struct engine_wishes *out)
{
    *out = debug.wishes;
}

void engine_wish(const struct engine_wishes *wishes)
{
    debug.wishes = *wishes;
    debug.accessing = NULL;
    debug.generation++;
}

void engine_find_pending(bool (*find)(struct engine_watch *watch))
{
    debug.find = find;
}

const struct engine_watch *engine_watched(void)
{
    return &debug.accessed;
}

void engine_observe(const struct engine_observer *observer)
{
    debug.observer = observer;
    debug.generation++;
}

void engine_step(const struct arch_user *user, uint64_t low, uint64_t high)
{
    if ((debug.step != NULL) != (user != NULL))
        debug.generation++;
    debug.step = user;
    debug.low = low;
    debug.high = high;
    debug.skip = true;
}

void engine_stop_at_entry(void)
{
    debug.at_entry = true;
}

/* -- Hooks -- */

/* What is left of the block will run as a block of its own, whose end must be that of the whole one. */
static void stop_before(struct engine *engine, uint64_t va)
{
    if (engine->block != engine->tail)
        engine->tail_end = engine->block + engine->block_size;
    engine->tail = va;
    engine_stop(engine, STOP_DEBUG);
}

/* Bytes of user code that have run when the instruction at `va` is about to: its block is charged as a whole already. */
static uint64_t bytes_before(const struct engine *engine, uint64_t va)
{
    int64_t used = engine->granted - engine->left - (int64_t)engine->block_size + (int64_t)(va - engine->block);

    return machine.stats.user_bytes + (uint64_t)used;
}

static void observe(struct engine *engine, uint64_t va)
{
    if (debug.observer->instruction(engine->owner, va, bytes_before(engine, va)))
        stop_before(engine, va);
}

static void on_break(uc_engine *uc, uint64_t va, uint32_t size, void *user)
{
    struct engine *engine = user;

    (void)uc;
    (void)size;
    if (engine->mode != MODE_RUN || engine->stop != STOP_NONE)
        return;
    if (debug.observer == NULL)
        stop_before(engine, va);
    else if (!debug.observer->everywhere)
        observe(engine, va);
}

static void step_to(struct engine *engine, uint64_t va)
{
    if (debug.skip) {
        debug.skip = false;
        debug.skipped = va;
    } else if (va < debug.low || va >= debug.high) {
        stop_before(engine, va);
    }
}

static void on_instruction(uc_engine *uc, uint64_t va, uint32_t size, void *user)
{
    struct engine *engine = user;

    (void)uc;
    (void)size;
    if (engine->mode != MODE_RUN || engine->stop != STOP_NONE)
        return;
    if (debug.observer != NULL) {
        observe(engine, va);
    } else if (debug.accessing == engine->owner) {
        stop_before(engine, va);
    } else if (debug.step == engine->owner) {
        step_to(engine, va);
    }
}

/* The library says the physical address. */
static void on_access(uc_engine *uc, uc_mem_type type, uint64_t pa, int size, int64_t value, void *user)
{
    struct engine *engine = user;

    (void)uc;
    (void)value;
    for (uint32_t i = 0; i < debug.wishes.watch_count && engine->mode == MODE_RUN; i++) {
        const struct engine_watch *w = &debug.wishes.watches[i];
        if (w->pending || (type == UC_MEM_WRITE ? !w->write : !w->read) || pa >= w->pa + w->size || w->pa >= pa + (uint64_t)size)
            continue;
        if (debug.observer != NULL) {
            debug.observer->access(w);
        } else {
            debug.accessing = engine->owner;
            debug.accessed = *w;
        }
        return;
    }
}

static void add_hook(struct engine *engine, int kinds, void *callback, uint64_t begin, uint64_t end)
{
    uc_hook *hook = &engine->debug_hook[engine->debug_hooks++];

    engine_must(uc_hook_add(engine->uc, hook, kinds, callback, engine, begin, end), "debugger's hook");
}

static void follow_wishes(struct engine *engine)
{
    struct engine_wishes *w = &debug.wishes;

    for (uint32_t i = 0; i < w->watch_count; i++) {
        if (w->watches[i].pending && debug.find(&w->watches[i]))
            w->watches[i].pending = false;
    }
    if (engine->debug_generation == debug.generation)
        return;
    engine->debug_generation = debug.generation;
    while (engine->debug_hooks > 0)
        engine_must(uc_hook_del(engine->uc, engine->debug_hook[--engine->debug_hooks]), "debugger's hook");
    for (uint32_t i = 0; i < w->break_count; i++)
        add_hook(engine, UC_HOOK_CODE, (void *)on_break, w->breaks[i], w->breaks[i]);
    if (debug.step != NULL || w->watch_count != 0 || (debug.observer != NULL && debug.observer->everywhere))
        add_hook(engine, UC_HOOK_CODE, (void *)on_instruction, 1, 0); /* everywhere */
    if (w->watch_count != 0)
        add_hook(engine, UC_HOOK_MEM_READ | UC_HOOK_MEM_WRITE, (void *)on_access, 1, 0);
    engine_must(uc_ctl_flush_tb(engine->uc), "flushing the code buffer");
}

/* -- Around a run -- */

void debug_enter(struct engine *engine, struct arch_user *user)
{
    engine->resumed = false;
    engine->tail = NOWHERE;
    if (debug.at_entry) {
        debug.at_entry = false;
        debug.stopped(user, ENGINE_ENTERED);
    }
    follow_wishes(engine);
}

void debug_leave(struct engine *engine, struct arch_user *user)
{
    uint64_t pc = isa_frame_pc(&user->frame);

    if (engine->stop != STOP_DEBUG) {
        if (engine->miss != MISS_NONE && debug.step == user && pc == debug.skipped)
            debug.skip = true; /* it will be tried again */
        return;
    }
    bool accessed = debug.accessing == user;
    debug.accessing = accessed ? NULL : debug.accessing;
    debug.stopped(user, debug.observer != NULL ? ENGINE_SOUGHT : accessed ? ENGINE_WATCHED : engine_is_break(pc) ? ENGINE_AT_BREAK :
        ENGINE_STEPPED);
    follow_wishes(engine);
    engine->resumed = isa_frame_pc(&user->frame) == engine->tail && engine->tail != engine->tail_end;
    if (engine->resumed && !engine->careful)
        engine->exit = engine->tail_end;
}
