/* SPDX-License-Identifier: MIT */
/*
 * A QEMU TCG plugin that measures every stay of a CPU in the kernel: the instructions from the last one of a task to the next
 * one of a task, or to the idle loop; and the longest piece of it between two looks for interrupts. It writes the longest of
 * each kind. One CPU, icount.
 *
 *   -plugin paths.so,out=FILE,text=START,text_end=END[,WORD=NUMBER...]
 *
 *   idle     the idle loop, up to idle_end; what begins there is no stay
 *   point    an instruction at which interrupts are taken
 *   tag      an instruction whose execution says what a stay is about: the N-th sets bit N - 1 of its tags
 *   limit    end the run so many instructions after the first one of a task
 *   watch    end the run after this stay, and write what ran in it
 *
 * A stay that begins with a system call has the address of that instruction as its origin, others 0.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "plugin.h"

#define TAGS 8u
#define POINTS 32u
#define KINDS 4096u
#define QUIET 100000u /* blocks of the idle loop in which no task runs: none will */

static struct {
    uint64_t text, text_end, idle, idle_end, limit, watch;
    uint64_t tag[TAGS], point[POINTS];
    uint64_t tags, points;
} want;

static FILE *out;
static uint64_t kernel, user; /* instructions of the kernel and firmware, of tasks */
static uint64_t *count;       /* of the watched stay, by offset in the kernel's text */

static struct {
    bool started, idle;
    uint64_t first; /* all instructions before the first of a task */
    uint64_t index, begin, origin, tags;
    uint64_t point, piece; /* the kernel's instructions before the last look for interrupts; the longest piece so far */
} stay;

/* The longest stay of each origin and each set of tags. */
static struct longest {
    bool used;
    uint64_t origin, tags, length, piece, index, times;
} longest[KINDS];

static struct longest *find(uint64_t origin, uint64_t tags)
{
    uint64_t at = (origin * 31 + tags * 7) % KINDS;

    while (longest[at].used && (longest[at].origin != origin || longest[at].tags != tags))
        at = (at + 1) % KINDS;
    longest[at].used = true;
    longest[at].origin = origin;
    longest[at].tags = tags;
    return &longest[at];
}

static void finish(void)
{
    for (uint64_t i = 0; i < KINDS; i++)
        if (longest[i].used)
            fprintf(out, "stay %lu %lx %lx %lu %lu %lu\n", longest[i].length, longest[i].origin, longest[i].tags, longest[i].index,
                    longest[i].times, longest[i].piece);
    fclose(out);
    _exit(0); /* nothing of QEMU is wanted any more; its own way out would wait for this thread */
}

static void write_watched(void)
{
    fprintf(out, "phase 0 kernel %lu user 0\n", kernel - stay.begin);
    for (uint64_t i = 0; i < want.text_end - want.text; i++)
        if (count[i] != 0)
            fprintf(out, "at %lx %lu\n", want.text + i, count[i]);
    finish();
}

static void end_piece(void)
{
    if (kernel - stay.point > stay.piece)
        stay.piece = kernel - stay.point;
    stay.point = kernel;
}

static void note_stay(void)
{
    struct longest *l = find(stay.origin, stay.tags);

    end_piece();
    l->times++;
    if (stay.piece > l->piece)
        l->piece = stay.piece;
    if (kernel - stay.begin > l->length) {
        l->length = kernel - stay.begin;
        l->index = stay.index;
    }
}

static void end_stay(bool idle)
{
    if (kernel != stay.begin && stay.started && !stay.idle) {
        note_stay();
        if (want.watch != 0 && stay.index == want.watch)
            write_watched();
        stay.index++;
        if (want.limit != 0 && kernel + user - stay.first > want.limit)
            finish();
    }
    stay.begin = stay.point = kernel;
    stay.origin = stay.tags = stay.piece = 0;
    stay.idle = idle;
    if (want.watch != 0 && stay.index == want.watch)
        memset(count, 0, (want.text_end - want.text) * sizeof *count);
}

/* A block of a task begins: if the kernel ran since the last one, that was a stay. */
static void on_task(unsigned cpu, void *data)
{
    (void)cpu, (void)data;
    if (!stay.started) {
        stay.started = true;
        stay.first = kernel + user;
        stay.begin = kernel;
        stay.index = 1;
    }
    end_stay(false);
}

/* Tasks that sleep for good would keep the run from its limit. */
static void on_idle(unsigned cpu, void *data)
{
    static uint64_t since, rounds;

    (void)cpu, (void)data;
    end_stay(true);
    rounds = since == stay.index ? rounds + 1 : 0;
    since = stay.index;
    if (stay.started && rounds == QUIET)
        finish();
}

static void on_call(unsigned cpu, void *data)
{
    (void)cpu;
    stay.origin = (uintptr_t)data;
}

static void on_point(unsigned cpu, void *data)
{
    (void)cpu, (void)data;
    end_piece();
}

static void on_tag(unsigned cpu, void *data)
{
    (void)cpu;
    stay.tags |= (uint64_t)1 << (uintptr_t)data;
}

static void watch_kernel(struct qemu_plugin_insn *insn, uint64_t va, bool first)
{
    for (uint64_t i = 0; i < want.tags; i++)
        if (va == want.tag[i])
            call_at(insn, on_tag, i);
    for (uint64_t i = 0; i < want.points; i++)
        if (va == want.point[i])
            call_at(insn, on_point, 0);
    if (first && va >= want.idle && va < want.idle_end)
        call_at(insn, on_idle, 0);
    if (va >= want.text && va < want.text_end && want.watch != 0)
        qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64, &count[va - want.text], 1);
}

static void translated(plugin_id id, struct qemu_plugin_tb *tb)
{
    (void)id;
    for (uint64_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        uint64_t va = qemu_plugin_insn_vaddr(insn);
        bool in_task = va >= USER_START && va < USER_END;

        if (in_task && i == 0)
            call_at(insn, on_task, 0);
        if (in_task && is_call(insn))
            call_at(insn, on_call, va);
        if (!in_task)
            watch_kernel(insn, va, i == 0);
        qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64, in_task ? &user : &kernel, 1);
    }
}

static void ended(plugin_id id, void *data)
{
    (void)id, (void)data;
    finish();
}

static bool read_word(const char *word)
{
    static const struct {
        const char *name;
        uint64_t *value;
    } words[] = {
        {"text=", &want.text},         {"text_end=", &want.text_end}, {"idle=", &want.idle},
        {"idle_end=", &want.idle_end}, {"limit=", &want.limit},       {"watch=", &want.watch},
    };

    if (strncmp(word, "out=", 4) == 0)
        return (out = fopen(word + 4, "w")) != NULL;
    if (strncmp(word, "tag=", 4) == 0 && want.tags < TAGS) {
        want.tag[want.tags++] = strtoull(word + 4, NULL, 0);
        return true;
    }
    if (strncmp(word, "point=", 6) == 0 && want.points < POINTS) {
        want.point[want.points++] = strtoull(word + 6, NULL, 0);
        return true;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t length = strlen(words[i].name);

        if (strncmp(word, words[i].name, length) == 0) {
            *words[i].value = strtoull(word + length, NULL, 0);
            return true;
        }
    }
    return false;
}

EXPORT int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv)
{
    (void)info;
    for (int i = 0; i < argc; i++) {
        if (!read_word(argv[i])) {
            fprintf(stderr, "paths: what is %s?\n", argv[i]);
            return 1;
        }
    }
    if (out == NULL || want.text_end <= want.text)
        return 1;
    count = calloc(want.text_end - want.text, sizeof *count);
    if (count == NULL)
        return 1;
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, ended, NULL);
    return 0;
}
