/* SPDX-License-Identifier: MIT */
/* gdb's `monitor`: where the run is, and who wrote something. */
#include "gdb_priv.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sim/branch.h>
#include <sim/moment.h>
#include <sim/symbols.h>
#include <sim/tasks.h>
#include <sim/travel.h>

#define PATIENCE_S 10u
#define LENGTH_MAX 256u

void link_say(const char *format, ...)
{
    char text[512], packet[2 * sizeof text + 2] = "O";
    va_list args;

    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    hex_encode(packet + 1, text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
    link_send_text(packet);
}

static void say_place(void *ctx, const char *line)
{
    (void)ctx;
    link_say("  %s\n", line);
}

/* In a child process: debugging information is as hostile as the program it comes with. */
static void say_source(const struct travel_found *found)
{
    const struct sim_task *task = tasks_get(found->task);
    struct symbol_place place;
    struct branch branch;

    if (branch_fork(&branch, PATIENCE_S)) {
        struct symbols *symbols = symbols_open(task->file, task->elf, task->elf_size);
        if (symbols != NULL && symbols_find(symbols, found->pc, false, &place))
            branch_tell("%s, %s:%d", place.function, place.file, place.line);
        branch_exit(0);
    }
    (void)branch_join(&branch, say_place, NULL);
    free(branch_output(&branch, NULL));
}

static void say_writer(const struct travel_found *found)
{
    char at[MOMENT_TEXT], before[MOMENT_TEXT];

    moment_format(at, found->at.moment);
    if (found->by_kernel) {
        link_say("the kernel, after %s and before %s\n", moment_format(before, found->before.moment), at);
        return;
    }
    link_say("task %u (%s) at pc 0x%llx, %s\n", found->task, tasks_get(found->task)->name, (unsigned long long)found->pc, at);
    say_source(found);
}

/* ADDR[,LEN] */
static void last_writer(const char *text, uint32_t task)
{
    struct engine_wishes wishes = {.break_count = 0};
    struct travel_found found;
    char at[MOMENT_TEXT], *end;

    errno = 0;
    uint64_t va = strtoull(text, &end, 0);
    uint64_t size = end != text && *end == ',' ? strtoull(end + 1, &end, 0) : 1;
    if (errno != 0 || end == text || *end != '\0' || size == 0 || size > LENGTH_MAX) {
        link_say("monitor last-writer %s: expected ADDRESS[,LENGTH], at most %u bytes\n", text, LENGTH_MAX);
        return;
    }
    if (!ladder_exists()) {
        link_say("monitor last-writer: this run keeps no snapshots (docs/time-travel.md says why)\n");
        return;
    }
    bool known = true;
    wishes.watch_count = points_watches(task, va, size, wishes.watches, ENGINE_WATCHES_MAX);
    for (uint32_t i = 0; i < wishes.watch_count; i++) {
        wishes.watches[i].write = true;
        known = known && !wishes.watches[i].pending;
    }
    if (!known) {
        link_say("monitor last-writer %s: no task that has run has memory there\n", text);
        return;
    }
    switch (travel_search(TRAVEL_WRITER, task, &wishes, position_now(), link_interrupted, &found)) {
    case TRAVEL_FOUND: say_writer(&found); break;
    case TRAVEL_NOTHING: link_say("nobody since %s, where gdb came\n", moment_format(at, ladder_rung(0).moment)); break;
    case TRAVEL_BROKEN: link_say("monitor last-writer: broken off\n"); break;
    default: link_say("monitor last-writer: a snapshot is gone, and with it the past\n"); break;
    }
}

void monitor_answer(const char *hex, uint32_t task)
{
    static const char writer[] = "last-writer ";
    char command[256] = "";

    (void)hex_decode(command, sizeof command - 1, hex);
    if (strcmp(command, "moment") == 0)
        link_say("%s\n", moment_text());
    else if (strncmp(command, writer, strlen(writer)) == 0)
        last_writer(command + strlen(writer), task);
    else if (strcmp(command, "position") == 0)
        link_say("%llu %llu\n", (unsigned long long)position_now().moment, (unsigned long long)position_now().bytes);
    else if (strcmp(command, "snapshots") == 0)
        for (uint32_t i = 0; i < ladder_count(); i++)
            link_say("%s\n", moment_format((char[MOMENT_TEXT]){0}, ladder_rung(i).moment));
    else
        link_say("monitor moment | snapshots | last-writer ADDRESS[,LENGTH]\n");
    link_send_text("OK");
}
