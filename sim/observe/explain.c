/* SPDX-License-Identifier: MIT */
#include <sim/explain.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <arch/isa.h>
#include <sim/fail_each.h>
#include <sim/moment.h>
#include <sim/options.h>
#include <sim/serial.h>
#include <sim/symbols.h>
#include <sim/tasks.h>
#include <sim/trace.h>

#include "words.h"

#define FRAMES_MAX 12u
#define PATIENCE_S 10u
#define EXPLAINED_MAX 10u /* a program that faults for ever is explained so often */

static struct {
    struct trace_sink sink;
    const struct options *options;
    char **argv;
    uint32_t faults;
} explain;

static bool read_word(uint64_t address, uint64_t *word, void *arg)
{
    const uint32_t *task = arg;

    return tasks_read(*task, address, word, sizeof *word) == sizeof *word;
}

/* False: nobody called it. */
static bool show_place(struct symbols *symbols, uint64_t pc, bool returns)
{
    struct symbol_place place;

    if (!symbols_find(symbols, pc, returns, &place))
        fprintf(stderr, "  %s 0x%llx\n", returns ? "called from" : "at", (unsigned long long)pc);
    else if (place.file[0] == '\0')
        fprintf(stderr, "  %s %s\n", returns ? "called from" : "at", place.function);
    else
        fprintf(stderr, "  %s %s, %s:%d\n", returns ? "called from" : "at", place.function, place.file, place.line);
    return strcmp(place.function, "_start") != 0;
}

static void show_calls(uint32_t task, uint64_t pc)
{
    const struct sim_task *t = tasks_get(task);
    struct trap_frame frame;
    uint64_t pcs[FRAMES_MAX];
    struct symbols *symbols = symbols_open(t->file, t->elf, t->elf_size);

    if (symbols == NULL)
        return;
    tasks_registers(task, &frame);
    uint32_t count = symbols_unwind(symbols, &frame, read_word, &task, pcs, FRAMES_MAX);
    bool more = show_place(symbols, pc, false);
    for (uint32_t i = 1; i < count && more; i++)
        more = show_place(symbols, pcs[i], true);
}

/* In a child process: debugging information is as hostile as the program it comes with. */
static void show_calls_safely(uint32_t task, uint64_t pc)
{
    pid_t child = fork();

    if (child == 0) {
        signal(SIGALRM, SIG_DFL);
        alarm(PATIENCE_S);
        show_calls(task, pc);
        _exit(0);
    }
    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
        continue;
}

static void show_commands(void)
{
    options_print_reproduce(stderr, explain.options, explain.argv);
    fprintf(stderr, "gdb: ");
    options_print_command(stderr, explain.options, explain.argv, NULL, "--gdb");
    fprintf(stderr, ", and in another terminal: gdb-multiarch -ex 'target remote :1234'");
    for (uint32_t i = 0; i < explain.faults; i++)
        fprintf(stderr, " -ex continue");
    fprintf(stderr, "\n");
}

static void on_fault(struct trace_sink *sink, const struct trace_event *event, uint64_t time)
{
    uint32_t task = event->thread;
    char what[160];

    (void)sink;
    (void)time;
    if (task >= MANIFEST_TASKS_MAX || tasks_get(task)->user == NULL || fail_each_is_child() ||
        ++explain.faults > EXPLAINED_MAX || !moment_shown())
        return;
    words_fault(what, sizeof what, event);
    serial_flush(); /* what comes before stands before it on a terminal too */
    fprintf(stderr, "aegis-sim: task %u (%s): %s, at %s\n", task, tasks_get(task)->name, what, moment_text());
    show_calls_safely(task, event->b);
    show_commands();
    if (explain.faults == EXPLAINED_MAX)
        fprintf(stderr, "aegis-sim: later faults are not explained\n");
}

void explain_start(const struct options *options, char **argv)
{
    explain.options = options;
    explain.argv = argv;
    explain.sink = (struct trace_sink){.kinds = TRACE_BIT(TRACE_FAULT), .event = on_fault};
    trace_add(&explain.sink);
}
