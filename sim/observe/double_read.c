/* SPDX-License-Identifier: MIT */
#include <sim/double_read.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <board.h>
#include <sim/engine.h>
#include <sim/guest.h>
#include <sim/host.h>
#include <sim/machine.h>
#include <sim/moment.h>
#include <sim/options.h>
#include <sim/rng.h>
#include <sim/symbols.h>
#include <sim/tasks.h>
#include <sim/trace.h>

#include "words.h"

#define READS_MAX 64u
#define FOUND_MAX 16u
#define FRAMES 4u

/* The kernel's way to a read: return addresses, innermost first, 0 behind the last. */
struct site {
    uintptr_t pc[FRAMES];
};

struct read {
    vaddr_t va;
    uint64_t len;
    struct site site;
};

/* The reads of the call that runs for a task. */
struct call {
    uint64_t nr;
    uint32_t count; /* of all reads; what is beyond READS_MAX is not kept */
    struct read read[READS_MAX];
};

struct found {
    struct site first, second;
    uint32_t task;
    uint64_t nr, moment;
    vaddr_t va;
    uint64_t len, times;
};

static struct {
    struct double_read_plan plan;
    struct rng rng;
    struct trace_sink sink;
    struct call call[MANIFEST_TASKS_MAX];
    struct found found[FOUND_MAX];
    uint32_t count, lost;
    uint64_t seed;
} checker;

/* -- Noting -- */

static void on_call(struct trace_sink *sink, const struct trace_event *event, uint64_t time)
{
    (void)sink;
    (void)time;
    if (event->thread < MANIFEST_TASKS_MAX)
        checker.call[event->thread] = (struct call){.nr = event->a};
}

static uint32_t task_of(paddr_t root)
{
    uint32_t index = tasks_running(sim_port.cpu);

    return index != TASKS_NONE && tasks_get(index)->root == root ? index : TASKS_NONE;
}

/* Frame pointers, as far as they lie on the running stack. */
static struct site walk(const uintptr_t *frame)
{
    struct site site = {{0}};
    uintptr_t low;
    uint64_t size;

    host_fiber_stack(host_fiber_self(), &low, &size);
    for (uint32_t i = 0; i < FRAMES && (uintptr_t)frame - low < size - 2 * sizeof *frame && host_code_address(frame[1]) != 0; i++) {
        site.pc[i] = frame[1];
        if (frame[0] <= (uintptr_t)frame)
            break;
        frame = (const uintptr_t *)frame[0];
    }
    return site;
}

static bool same_site(const struct site *a, const struct site *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* One finding for each pair of places. */
static void add_found(uint32_t task, const struct read *first, const struct site *second, vaddr_t va, uint64_t len)
{
    for (uint32_t i = 0; i < checker.count; i++) {
        struct found *f = &checker.found[i];
        if (same_site(&f->first, &first->site) && same_site(&f->second, second)) {
            f->times++;
            return;
        }
    }
    if (checker.count == FOUND_MAX) {
        checker.lost++;
        return;
    }
    checker.found[checker.count++] = (struct found){.first = first->site, .second = *second, .task = task,
        .nr = checker.call[task].nr, .moment = moment_now(), .va = va, .len = len, .times = 1};
}

/* What another CPU with the same memory could do now: every byte becomes another one. */
static void change(uint32_t task, vaddr_t va, uint64_t len)
{
    for (uint64_t i = 0; i < len; i++) {
        uint8_t byte;

        if (tasks_read(task, va + i, &byte, 1) != 1)
            return;
        byte ^= (uint8_t)(1 + rng_below(&checker.rng, 255));
        (void)tasks_write(task, va + i, &byte, 1);
    }
}

void double_read_note(paddr_t root, vaddr_t va, uint64_t len, const void *frame)
{
    uint32_t task = task_of(root);
    struct site site;

    if (task == TASKS_NONE)
        return;
    struct call *call = &checker.call[task];
    site = walk(frame);
    for (uint32_t i = 0; i < call->count && i < READS_MAX; i++) {
        const struct read *r = &call->read[i];
        vaddr_t from = va > r->va ? va : r->va;
        vaddr_t to = va + len < r->va + r->len ? va + len : r->va + r->len;

        if (from >= to)
            continue;
        add_found(task, r, &site, from, to - from);
        if (checker.plan.change)
            change(task, from, to - from);
    }
    if (call->count < READS_MAX)
        call->read[call->count] = (struct read){.va = va, .len = len, .site = site};
    call->count++;
}

void double_read_note_user(paddr_t root)
{
    uint32_t task = checker.plan.on ? task_of(root) : TASKS_NONE;

    if (task != TASKS_NONE)
        checker.call[task].count = 0;
}

void double_read_start(const struct double_read_plan *plan, uint64_t seed)
{
    checker.plan = *plan;
    if (!plan->on)
        return;
    checker.seed = seed;
    rng_init(&checker.rng, seed, RNG_FAULT);
    checker.sink = (struct trace_sink){.kinds = TRACE_BIT(TRACE_CALL), .event = on_call};
    trace_add(&checker.sink);
    sim_port.user_reads = true;
}

/* -- Reporting, where the machine no longer runs -- */

/* The layers that every copy passes through say nothing about the call. */
static bool is_copy(const struct symbol_place *place)
{
    const char *name = strrchr(place->file, '/');

    return name != NULL && (strcmp(name, "/user_copy.c") == 0 || strcmp(name, "/debug.h") == 0);
}

static void show_site(struct symbols *symbols, const char *word, const struct site *site)
{
    const char *between = "";

    fprintf(stderr, "  %s: ", word);
    for (uint32_t i = 0; i < FRAMES && site->pc[i] != 0; i++) {
        struct symbol_place place;
        bool known = symbols != NULL && symbols_find(symbols, site->pc[i], true, &place);
        if (known && is_copy(&place))
            continue;
        if (known)
            fprintf(stderr, "%s%s, %s:%d", between, place.function, place.file, place.line);
        else
            fprintf(stderr, "%s0x%" PRIx64, between, host_code_address(site->pc[i]));
        between = ", called by ";
    }
    fprintf(stderr, "\n");
}

int double_read_finish(int code)
{
    struct symbols *symbols = checker.count > 0 ? symbols_open_self() : NULL;

    for (uint32_t i = 0; i < checker.count; i++) {
        const struct found *f = &checker.found[i];
        fprintf(stderr, "aegis-sim: double-read: task %u (%s), call %s: user memory 0x%" PRIx64 ", %" PRIu64
            " bytes, is read twice, first at @%" PRIu64 ":%" PRIu64 ", %" PRIu64 " times in all\n",
            f->task, tasks_get(f->task)->name, words_call(f->nr), f->va, f->len, checker.seed, f->moment, f->times);
        show_site(symbols, "one read", &f->first);
        show_site(symbols, checker.plan.change ? "the other, of changed bytes" : "the other", &f->second);
    }
    symbols_close(symbols);
    if (checker.lost > 0)
        fprintf(stderr, "aegis-sim: double-read: %u more are not shown\n", checker.lost);
    return checker.count > 0 && code == EXIT_OK ? EXIT_CHECKER : code;
}
