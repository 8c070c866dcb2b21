/* SPDX-License-Identifier: MIT */
/*
 * A QEMU TCG plugin that watches a kernel from outside: how many instructions run where, how long the kernel runs
 * between two points at which interrupts are taken, how long from an interrupt to the task that waits for it. One CPU, icount.
 *
 *   -plugin probe.so,out=FILE,text=START,text_end=END[,WORD=NUMBER...]
 *
 *   mark     a function of a task: each call ends a phase, and the counts of the phase are written; the N-th ends the run
 *   return   an instruction of the kernel that returns to user mode; point: another at which interrupts are taken
 *   taken    the kernel's function that an interrupt of a device arrives at
 *   handler  where the program begins that the interrupt is meant for
 *   limit    end the run so many instructions after the first one of a task
 *   over     write every window that is longer
 *   watch    end the run after this window, or after window `until`, and write what ran from its beginning on
 *   start    end the run at the first instruction of a task
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plugin.h"

#define PROGRAM_SIZE 0x4000u
#define POINTS 32
#define ENTRIES 65536

static struct {
    uint64_t text, text_end, mark, taken, handler, phases, limit, watch, until, start, over;
    uint64_t point[POINTS];
    bool returns[POINTS];
    uint64_t points;
} want;

static FILE *out;
static uint64_t *count;          /* executions, by offset in the kernel's text */
static uint64_t kernel, user;    /* instructions of the kernel and firmware, of tasks */
static uint64_t phase, kernel_before, user_before;
static uint64_t started;         /* all instructions before the first of a task */
static uint64_t entered[ENTRIES]; /* of the watched window: the blocks that ran */
static uint64_t entries;

struct window {
    uint64_t begin, user, from; /* instructions of the kernel and of tasks before it, the point that it begins at */
    uint64_t length;            /* of the kernel */
    bool task_ran, call;        /* a task ran first; and went on with a system call */
};

static struct {
    struct window open, last, before;
    uint64_t index;
    uint64_t longest[POINTS][POINTS], which[POINTS][POINTS]; /* by where it begins and ends */
    bool started;
} windows;

/* An interrupt on its way to its handler. */
static struct {
    bool taken;
    uint64_t all;                  /* instructions of any kind before the window in which it was taken */
    int64_t entry;                 /* instructions since it interrupted a task; -1: it did not */
    uint64_t before;               /* that it may have waited before that */
    uint64_t window;               /* where it was taken */
} pending;

static void finish(void)
{
    fclose(out);
    _exit(0); /* nothing of QEMU is wanted any more; its own way out would wait for this thread */
}

static void write_counts(void)
{
    fprintf(out, "phase %lu kernel %lu user %lu\n", phase, kernel - kernel_before, user - user_before);
    for (uint64_t i = 0; i < want.text_end - want.text; i++)
        if (count[i] != 0)
            fprintf(out, "at %lx %lu\n", want.text + i, count[i]);
    memset(count, 0, (want.text_end - want.text) * sizeof *count);
    kernel_before = kernel;
    user_before = user;
}

static void on_mark(unsigned cpu, void *data)
{
    (void)cpu, (void)data;
    write_counts();
    if (++phase == want.phases)
        finish();
}

static void open_window(uint64_t from)
{
    windows.before = windows.last;
    windows.last = windows.open;
    windows.open = (struct window){.begin = kernel, .user = user, .from = from};
    windows.index++;
}

static void on_first_user(unsigned cpu, void *data)
{
    (void)cpu, (void)data;
    if (windows.started)
        return;
    started = kernel + user;
    fprintf(out, "start %lu\n", started);
    if (want.start) {
        write_counts();
        finish();
    }
    windows.started = true;
    open_window(0);
}

static void write_windows(void)
{
    for (uint64_t from = 0; from < want.points; from++)
        for (uint64_t to = 0; to < want.points; to++)
            if (windows.longest[from][to] != 0)
                fprintf(out, "window %lu %lu %lx %lx\n", windows.longest[from][to], windows.which[from][to],
                        want.point[from], want.point[to]);
}

static void write_watched(void)
{
    write_counts();
    for (uint64_t i = 0; i < entries; i++)
        fprintf(out, "block %lx\n", entered[i]);
    finish();
}

/* What a task runs in a window delays nothing: only the kernel's instructions count. */
static void on_point(unsigned cpu, void *data)
{
    struct window *w = &windows.open;
    uint64_t to = (uintptr_t)data;

    (void)cpu;
    if (!windows.started)
        return;
    w->length = kernel - w->begin;
    w->task_ran = user != w->user;
    if (want.over != 0 && w->length > want.over)
        fprintf(out, "over %lu %lu %lx %lx\n", w->length, windows.index, want.point[w->from], want.point[to]);
    if (w->length > windows.longest[w->from][to]) {
        windows.longest[w->from][to] = w->length;
        windows.which[w->from][to] = windows.index;
    }
    if (want.watch != 0 && windows.index == want.until)
        write_watched();
    if (want.limit != 0 && kernel + user - started > want.limit) {
        write_windows();
        finish();
    }
    open_window(to);
    if (want.watch != 0 && windows.index == want.watch)
        memset(count, 0, (want.text_end - want.text) * sizeof *count);
}

static void on_call(unsigned cpu, void *data)
{
    (void)cpu, (void)data;
    windows.open.call = true;
}

/*
 * An interrupt that comes while a task runs is taken at once. Where none ran it may have come at any time of the window
 * before, and counts as if it had come when that began. The kernel asks the controller at a point, or the CPU knows.
 */
static void on_taken(unsigned cpu, void *data)
{
    const struct window *w = &windows.open, *last = &windows.last;

    (void)cpu, (void)data;
    if (pending.taken)
        return;
    pending.taken = true;
    pending.window = windows.index;
    pending.all = w->begin + w->user;
    pending.entry = -1;
    pending.before = last->length;
    if (want.returns[w->from]) {
        pending.all = w->begin + user;
        pending.entry = 0;
        pending.before = user != w->user ? 0 : last->length;
    } else if (want.returns[last->from] && !last->call) {
        pending.entry = (int64_t)last->length;
        pending.before = last->task_ran ? 0 : windows.before.length;
    }
}

static void on_handler(unsigned cpu, void *data)
{
    (void)cpu, (void)data;
    if (pending.taken)
        fprintf(out, "sample %lu %ld %lu %lu %lu\n", kernel + user - pending.all, pending.entry, pending.before, pending.window,
                windows.index);
    pending.taken = false;
}

static void on_block(unsigned cpu, void *data)
{
    (void)cpu;
    if (windows.index >= want.watch && entries < ENTRIES)
        entered[entries++] = (uintptr_t)data;
}

static void watch_insn(struct qemu_plugin_insn *insn, uint64_t va)
{
    for (uint64_t i = 0; i < want.points; i++)
        if (va == want.point[i])
            call_at(insn, on_point, i);
    if (va == want.mark)
        call_at(insn, on_mark, 0);
    if (va == want.taken)
        call_at(insn, on_taken, 0);
    if (want.handler != 0 && va - want.handler < PROGRAM_SIZE)
        call_at(insn, on_handler, 0);
}

static void translated(plugin_id id, struct qemu_plugin_tb *tb)
{
    (void)id;
    for (uint64_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        uint64_t va = qemu_plugin_insn_vaddr(insn);
        bool in_task = va >= USER_START && va < USER_END, in_text = va >= want.text && va < want.text_end;

        if (in_task && !windows.started)
            call_at(insn, on_first_user, 0);
        if (in_task && want.points != 0 && is_call(insn))
            call_at(insn, on_call, 0);
        if (i == 0 && !in_task && want.watch != 0)
            call_at(insn, on_block, va);
        watch_insn(insn, va);
        qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64, in_task ? &user : &kernel, 1);
        if (in_text)
            qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64, &count[va - want.text], 1);
    }
}

static void ended(plugin_id id, void *data)
{
    (void)id, (void)data;
    write_counts();
    write_windows();
    fclose(out);
}

static bool read_word(const char *word)
{
    static const struct {
        const char *name;
        uint64_t *value;
    } words[] = {
        {"text=", &want.text},       {"text_end=", &want.text_end}, {"mark=", &want.mark},   {"taken=", &want.taken},
        {"handler=", &want.handler}, {"phases=", &want.phases},     {"limit=", &want.limit}, {"watch=", &want.watch},
        {"until=", &want.until},
        {"start=", &want.start},     {"over=", &want.over},
    };

    if (strncmp(word, "out=", 4) == 0) {
        out = fopen(word + 4, "w");
        return out != NULL;
    }
    if ((strncmp(word, "point=", 6) == 0 || strncmp(word, "return=", 7) == 0) && want.points < POINTS) {
        want.returns[want.points] = *word == 'r';
        want.point[want.points++] = strtoull(strchr(word, '=') + 1, NULL, 0);
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
            fprintf(stderr, "probe: what is %s?\n", argv[i]);
            return 1;
        }
    }
    if (want.until == 0)
        want.until = want.watch;
    if (out == NULL || want.text_end <= want.text)
        return 1;
    count = calloc(want.text_end - want.text, sizeof *count);
    if (count == NULL)
        return 1;
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, ended, NULL);
    return 0;
}
