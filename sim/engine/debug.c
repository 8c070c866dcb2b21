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
    uint64_t breaks[BREAKS_MAX];
    uint32_t count;
    uint64_t generation; /* of the wishes: engines whose hooks are older follow at their next run */
    const struct arch_user *step;
    uint64_t low, high;  /* addresses at which the step does not end */
    bool skip;           /* the step's first instruction has not run yet */
    uint64_t skipped;    /* where that is */
    bool at_entry;
} debug;

void engine_debug(void (*stopped)(struct arch_user *user, enum engine_stopped why))
{
    debug.stopped = stopped;
    debug.count = 0;
    debug.step = NULL;
    debug.at_entry = false;
    debug.generation++;
}

static bool is_break(uint64_t va)
{
    for (uint32_t i = 0; i < debug.count; i++) {
        if (debug.breaks[i] == va)
            return true;
    }
    return false;
}

bool engine_break(uint64_t va, bool set)
{
    if (is_break(va) == set)
        return true;
    if (set && debug.count == BREAKS_MAX)
        return false;
    debug.generation++;
    if (set) {
        debug.breaks[debug.count++] = va;
        return true;
    }
    for (uint32_t i = 0; i < debug.count; i++) {
        if (debug.breaks[i] == va)
            debug.breaks[i--] = debug.breaks[--debug.count];
    }
    return true;
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

static void on_break(uc_engine *uc, uint64_t va, uint32_t size, void *user)
{
    struct engine *engine = user;

    (void)uc;
    (void)size;
    if (engine->mode == MODE_RUN && engine->stop == STOP_NONE)
        stop_before(engine, va);
}

static void on_instruction(uc_engine *uc, uint64_t va, uint32_t size, void *user)
{
    struct engine *engine = user;

    (void)uc;
    (void)size;
    if (engine->mode != MODE_RUN || engine->stop != STOP_NONE || engine->owner != debug.step)
        return;
    if (debug.skip) {
        debug.skip = false;
        debug.skipped = va;
        return;
    }
    if (va < debug.low || va >= debug.high)
        stop_before(engine, va);
}

static void add_hook(struct engine *engine, void *callback, uint64_t begin, uint64_t end)
{
    uc_hook *hook = &engine->debug_hook[engine->debug_hooks++];

    engine_must(uc_hook_add(engine->uc, hook, UC_HOOK_CODE, callback, engine, begin, end), "debugger's hook");
}

static void follow_wishes(struct engine *engine)
{
    if (engine->debug_generation == debug.generation)
        return;
    engine->debug_generation = debug.generation;
    while (engine->debug_hooks > 0)
        engine_must(uc_hook_del(engine->uc, engine->debug_hook[--engine->debug_hooks]), "debugger's hook");
    for (uint32_t i = 0; i < debug.count; i++)
        add_hook(engine, (void *)on_break, debug.breaks[i], debug.breaks[i]);
    if (debug.step != NULL)
        add_hook(engine, (void *)on_instruction, 1, 0); /* everywhere */
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
    debug.stopped(user, is_break(pc) ? ENGINE_AT_BREAK : ENGINE_STEPPED);
    follow_wishes(engine);
    engine->resumed = isa_frame_pc(&user->frame) == engine->tail && engine->tail != engine->tail_end;
    if (engine->resumed && !engine->careful)
        engine->exit = engine->tail_end;
}
