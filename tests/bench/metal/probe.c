/* SPDX-License-Identifier: MIT */
/*
 * A QEMU TCG plugin that watches a kernel from outside: how many instructions run where, how long the kernel runs
 * between two points at which interrupts are taken, how long from an interrupt to the task that waits for it. Debian
 * packages no header of the plugin interface (version 1): the declarations below are what is used of it. One CPU, icount.
 *
 *   -plugin probe.so,out=FILE,text=START,text_end=END[,WORD=NUMBER...]
 *
 *   mark     a function of a task: each call ends a phase, and the counts of the phase are written; the N-th ends the run
 *   point    an instruction of the kernel at which interrupts can be taken
 *   taken    the kernel's function that an interrupt of a device arrives at; handler: the task's that it is meant for
 *   limit    end the run so many instructions after the first one of a task
 *   over     write every window that is longer
 *   watch    end the run after window N, and write what ran in it
 *   start    end the run at the first instruction of a task
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef uint64_t plugin_id;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum qemu_plugin_op { QEMU_PLUGIN_INLINE_ADD_U64 };
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };
typedef void (*exec_callback)(unsigned cpu, void *data);
typedef void (*translate_callback)(plugin_id id, struct qemu_plugin_tb *tb);
typedef void (*exit_callback)(plugin_id id, void *data);
void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id, translate_callback);
void qemu_plugin_register_atexit_cb(plugin_id, exit_callback, void *);
uint64_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, uint64_t);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *, enum qemu_plugin_op, void *, uint64_t);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *, exec_callback, enum qemu_plugin_cb_flags, void *);
int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv);

#define EXPORT __attribute__((visibility("default")))
EXPORT int qemu_plugin_version = 1;

/* The programs of tasks (core/abi/layout.tbl); firmware and start code run elsewhere. */
#define USER_START 0x40100000u
#define USER_END 0x40200000u
#define POINTS 16
#define ENTRIES 65536

static struct {
    uint64_t text, text_end, mark, taken, handler, phases, limit, watch, start, over;
    uint64_t point[POINTS];
    uint64_t points;
} want;

static FILE *out;
static uint64_t *count;          /* executions, by offset in the kernel's text */
static uint64_t kernel, user;    /* instructions of the kernel and firmware, of tasks */
static uint64_t phase, kernel_before, user_before;
static uint64_t started;         /* all instructions before the first of a task */
static uint64_t entered[ENTRIES]; /* of the watched window: the blocks that ran */
static uint64_t entries;

/* The window that is open, the one before it, and the longest from one point to another. */
static struct {
    uint64_t index, begin, user, from, previous;
    uint64_t longest[POINTS][POINTS], which[POINTS][POINTS];
    bool open;
} window;

static struct {
    bool taken;
    uint64_t all, before; /* instructions until the interrupt was taken; that it may have waited before */
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

static void on_first_user(unsigned cpu, void *data)
{
    (void)cpu, (void)data;
    if (window.open)
        return;
    started = kernel + user;
    fprintf(out, "start %lu\n", started);
    if (want.start) {
        write_counts();
        finish();
    }
    window.open = true;
    window.begin = kernel;
    window.user = user;
}

static void write_windows(void)
{
    for (uint64_t from = 0; from < want.points; from++)
        for (uint64_t to = 0; to < want.points; to++)
            if (window.longest[from][to] != 0)
                fprintf(out, "window %lu %lu %lx %lx\n", window.longest[from][to], window.which[from][to],
                        want.point[from], want.point[to]);
}

static void write_watched(void)
{
    write_counts();
    for (uint64_t i = 0; i < entries; i++)
        fprintf(out, "block %lx\n", entered[i]);
    finish();
}

/* The longest windows count by their instructions in the kernel; what a task runs in between does not delay anything. */
static void on_point(unsigned cpu, void *data)
{
    uint64_t to = (uintptr_t)data, length = kernel - window.begin;

    (void)cpu;
    if (!window.open)
        return;
    if (want.over != 0 && length > want.over)
        fprintf(out, "over %lu %lu %lx %lx\n", length, window.index, want.point[window.from], want.point[to]);
    if (length > window.longest[window.from][to]) {
        window.longest[window.from][to] = length;
        window.which[window.from][to] = window.index;
    }
    if (want.watch != 0 && window.index == want.watch)
        write_watched();
    if (want.limit != 0 && kernel + user - started > want.limit) {
        write_windows();
        finish();
    }
    window.index++;
    window.previous = length;
    window.begin = kernel;
    window.user = user;
    window.from = to;
    if (want.watch != 0 && window.index == want.watch)
        memset(count, 0, (want.text_end - want.text) * sizeof *count);
}

/*
 * An interrupt that comes while a task runs is taken at once. Otherwise it may have come at any time since the last point
 * but one, and counts as if it had come then.
 */
static void on_taken(unsigned cpu, void *data)
{
    (void)cpu, (void)data;
    if (pending.taken)
        return;
    pending.taken = true;
    pending.before = user == window.user ? window.previous : 0;
    pending.all = user + window.begin;
}

static void on_handler(unsigned cpu, void *data)
{
    (void)cpu, (void)data;
    if (pending.taken)
        fprintf(out, "sample %lu %lu\n", kernel + user - pending.all, pending.before);
    pending.taken = false;
}

static void on_block(unsigned cpu, void *data)
{
    (void)cpu;
    if (window.index == want.watch && entries < ENTRIES)
        entered[entries++] = (uintptr_t)data;
}

static void call_at(struct qemu_plugin_insn *insn, exec_callback callback, uint64_t data)
{
    qemu_plugin_register_vcpu_insn_exec_cb(insn, callback, QEMU_PLUGIN_CB_NO_REGS, (void *)(uintptr_t)data);
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
    if (va == want.handler)
        call_at(insn, on_handler, 0);
}

static void translated(plugin_id id, struct qemu_plugin_tb *tb)
{
    (void)id;
    for (uint64_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        uint64_t va = qemu_plugin_insn_vaddr(insn);
        bool in_task = va >= USER_START && va < USER_END, in_text = va >= want.text && va < want.text_end;

        if (in_task && !window.open)
            call_at(insn, on_first_user, 0);
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
        {"start=", &want.start},     {"over=", &want.over},
    };

    if (strncmp(word, "out=", 4) == 0) {
        out = fopen(word + 4, "w");
        return out != NULL;
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
            fprintf(stderr, "probe: what is %s?\n", argv[i]);
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
