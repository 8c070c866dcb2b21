/* SPDX-License-Identifier: MIT */
/*
 * The core's own paths on hal-null, without any simulator or hardware: what a thread switch, a system call and a
 * conversation cost in kernel code.
 *
 *   nucleus                     measure everything
 *   nucleus NAME OPERATIONS     do that many operations of one of them, for tools that count instructions
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <abi/aegis_nr.h>
#include <sched/sched.h>
#include <support/kernel.h>
#include <support/threads.h>
#include <sys/frame.h>

#include "meter.h"

static const uint64_t no_words[4];

/* Two threads yield to each other. */
static void yield_for_ever(uint32_t me)
{
    for (;;) {
        sched_yield_cpu();
        if (me == 0 && !(meter_tick() && meter_tick())) /* there and back */
            arch_power_off(ARCH_OFF_DONE, 0);
    }
}

static void run_switch(void)
{
    threads_begin(1);
    threads_add(0, 4, yield_for_ever);
    threads_add(1, 4, yield_for_ever);
    (void)threads_run();
}

/* A client CALLs, a server receives and replies: three system calls, two switches. */
static bool client_step(struct arch_user *u, struct arch_trap *trap)
{
    if (u->step_data++ > 0 && !meter_tick())
        arch_power_off(ARCH_OFF_DONE, 0);
    return null_step_call(u, trap, AEGIS_NR_CALL, 0, no_words);
}

static bool server_step(struct arch_user *u, struct arch_trap *trap)
{
    return null_step_call(u, trap, u->step_data++ % 2 == 0 ? AEGIS_NR_RECV : AEGIS_NR_SEND, 0, no_words);
}

static void run_call(void)
{
    kernel_new(NULL);
    kernel_step_task(0, "caps=all", server_step);
    kernel_step_task(1, "caps=all", client_step);
    (void)kernel_boot();
}

/* The gate alone, from decoding the call to writing its answer, for a call whose body does next to nothing. */
static bool gate_step(struct arch_user *u, struct arch_trap *trap)
{
    struct task *task = task_current();

    do {
        (void)null_step_call(u, trap, AEGIS_NR_HEARTBEAT, 0, no_words);
        (void)sys_handle_call(task);
    } while (meter_tick());
    arch_power_off(ARCH_OFF_DONE, 0);
}

static void run_dispatch(void)
{
    kernel_new(NULL);
    kernel_step_task(0, "caps=all", gate_step);
    (void)kernel_boot();
}

/* The same call from a program: the task's whole loop, with the null HAL's way in and out. */
static bool heartbeat_step(struct arch_user *u, struct arch_trap *trap)
{
    if (u->step_data++ > 0 && !meter_tick())
        arch_power_off(ARCH_OFF_DONE, 0);
    return null_step_call(u, trap, AEGIS_NR_HEARTBEAT, 0, no_words);
}

static void run_loop(void)
{
    kernel_new(NULL);
    kernel_step_task(0, "caps=all", heartbeat_step);
    (void)kernel_boot();
}

static const struct {
    const char *name, *title;
    unsigned goal;
    void (*run)(void);
} benches[] = {
    {"switch", "thread switch", 300, run_switch},
    {"call", "CALL and reply, core path", 600, run_call},
    {"dispatch", "call dispatch", 100, run_dispatch},
    {"loop", "system call, core path", 0, run_loop},
};

int main(int argc, char **argv)
{
    uint64_t operations = argc > 2 ? strtoull(argv[2], NULL, 0) : 0;

    for (size_t i = 0; i < sizeof(benches) / sizeof(benches[0]); i++) {
        if (argc > 1 && strcmp(argv[1], benches[i].name) != 0)
            continue;
        meter_begin(operations);
        benches[i].run();
        meter_print(benches[i].title, benches[i].goal);
    }
    return 0;
}
