/* SPDX-License-Identifier: MIT */
#include "script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ipc/ipc.h>
#include <mm/frame.h>
#include <sched/check.h>
#include <support/threads.h>

#include "../ipc_priv.h"

static const char *steps_of[CONFIG_TASKS];
static uint32_t prio_of[CONFIG_TASKS], receives_of[CONFIG_TASKS];
static struct boot_mmap_entry map[4];

int script_setup(void **state)
{
    (void)state;
    notes_clear();
    memset(steps_of, 0, sizeof(steps_of));
    threads_begin(1);
    return 0;
}

static void require(bool ok)
{
    if (!ok)
        arch_panic("script: the fixture does not work");
}

static void start_ipc(void)
{
    uint32_t count = 4;

    require(arch_parse_memory_map(null_boot_info(), map, &count) == STATUS_OK && frame_init(map, count) == STATUS_OK);
    require(ipc_init() == STATUS_OK);
    for (uint32_t i = 0; i < CONFIG_TASKS; i++) {
        if (!steps_of[i])
            continue;
        ipc_attach(i, prio_of[i], receives_of[i]);
        ipc_start(i);
    }
}

static void result(uint32_t me, char step, status_t status, const uint64_t *value)
{
    if (status != STATUS_OK)
        note("%u%c!%s ", me, step, status_name(status));
    else if (value)
        note("%u%c%lu ", me, step, (unsigned long)*value);
    else
        note("%u%c ", me, step);
}

/* Messages count upwards, so that a lost or mixed-up word shows. */
static void words_from(uint64_t w[4], uint64_t first)
{
    for (uint32_t i = 0; i < 4; i++)
        w[i] = first + i;
}

static void expect_words(status_t status, const uint64_t w[4])
{
    for (uint32_t i = 1; status == STATUS_OK && i < 4; i++)
        if (w[i] != w[0] + i)
            note("(word %u is %lu) ", i, (unsigned long)w[i]);
}

static void message_step(uint32_t me, char step, unsigned long ep, unsigned long value)
{
    uint64_t w[4];
    status_t status;

    words_from(w, value);
    if (step == 's') {
        status = ipc_send(me, ep, w);
        result(me, step, status, NULL);
        return;
    }
    if (step == 'c') {
        uint64_t reply[4] = {0};

        status = ipc_call(me, ep, w, reply);
        memcpy(w, reply, sizeof(w));
    } else {
        status = ipc_recv(me, ep, w);
    }
    expect_words(status, w);
    result(me, step, status, w);
}

static void wait_for_bits(uint32_t me)
{
    uint64_t bits = 0;
    status_t status = ipc_wait_notify(me, &bits);

    result(me, 'w', status, &bits);
}

static void kill_thread(uint32_t me, uint32_t victim)
{
    sched_kill(thread_get(victim));
    ipc_cancel(victim);
    result(me, 'k', STATUS_OK, NULL);
}

static void die(uint32_t me, bool ended)
{
    note("%u%s ", me, ended ? "end" : "die");
    ipc_cleanup(me, ended);
    if (ended)
        sched_exit();
    thread_get(me)->kill = 0; /* as the scheduler's restart does */
    ipc_start(me);
}

static void one_step(uint32_t me, const char *step)
{
    unsigned long number = strtoul(step + 1, NULL, 0);
    const char *equals = strchr(step, '=');
    unsigned long value = equals ? strtoul(equals + 1, NULL, 0) : 0;
    char wait[24];

    if (strcmp(step, "die") == 0 || strcmp(step, "end") == 0)
        die(me, step[0] == 'e');
    else if (step[0] == 's' || step[0] == 'c' || step[0] == 'r')
        message_step(me, step[0], number, value);
    else if (step[0] == 'n')
        result(me, 'n', ipc_notify(number, value), NULL);
    else if (step[0] == 'w')
        wait_for_bits(me);
    else if (step[0] == 'k')
        kill_thread(me, (uint32_t)number);
    else if (step[0] == 'p')
        note("p%lu=%u ", number, thread_get((uint32_t)number)->prio);
    else if (step[0] == 'q')
        note("q%lu=%s ", number, ipc_wait_name((uint32_t)number, wait, sizeof(wait)) ? wait : "-");
    else if (step[0] == 'y')
        sched_yield_cpu();
    else
        note("(unknown step %s) ", step);
    sched_point();
}

static void follow_script(uint32_t me)
{
    char line[256], *rest = line;

    snprintf(line, sizeof(line), "%s", steps_of[me]);
    for (char *step = strtok_r(line, " ", &rest); step; step = strtok_r(NULL, " ", &rest))
        one_step(me, step);
}

void script_add_receives(uint32_t index, uint32_t prio, uint32_t receives, const char *steps)
{
    steps_of[index] = steps;
    prio_of[index] = prio;
    receives_of[index] = receives;
    threads_add(index, prio, follow_script);
}

void script_add(uint32_t index, uint32_t prio, const char *steps)
{
    script_add_receives(index, prio, (1u << CONFIG_ENDPOINTS) - 1, steps);
}

void script_run_and_compare(const char *text, const char *file, int line)
{
    struct null_end end;
    const char *broken;

    threads_on_start(start_ipc);
    end = threads_run();
    if (end.kind != NULL_OFF || end.why != ARCH_OFF_DONE) {
        print_error("ended with %d (%d): %s\n", (int)end.kind, (int)end.why, end.message);
        _fail(file, line);
    }
    _assert_string_equal(notes(), text, file, line);
    broken = ipc_check_module.check();
    if (!broken)
        broken = sched_check_module.check();
    if (broken) {
        print_error("invariant: %s\n", broken);
        _fail(file, line);
    }
}
