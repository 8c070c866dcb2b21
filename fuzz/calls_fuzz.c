/* SPDX-License-Identifier: MIT */
/*
 * Sequences of system calls through the real gate: the whole kernel on hal-null, its tasks played by the input. The first
 * byte chooses one of the machines below; every CALLS_MOVE_SIZE bytes that follow are one move of whichever task runs.
 * Kernel invariants are checked between any two moves. An input ends with its bytes, when all tasks have ended, or in a
 * deadlock that the kernel reports; never in a panic, never without an end.
 *
 * Machines of one CPU are booted once and restored for each input. Those of several boot each time, and their first move
 * is the seed of the interleaving: at any preemption point, that is around every atomic access, another CPU may go on.
 */
#include <diag/check.h>
#include <sched/sched.h>
#include <support/kernel.h>

#include "calls.h"

#define RAM_SIZE (6u << 20)
#define AGAIN 16u /* one input of so many runs twice */

struct machine {
    uint32_t cpus;
    const char *cmdline;
    const char *attributes[CALLS_TASKS_MAX]; /* of its tasks; slots behind the last are empty */
    struct null_snapshot *booted;
};

static struct machine machines[] = {
    {1, "", {"caps=all", "caps=all", "caps=all"}, NULL},
    {1, "", {"caps=all priority=6 heartbeat=25", "caps=all budget=3 heartbeat=25", "caps=all priority=5 budget=2",
             "caps=all budget=1", "caps=all priority=3 budget=1 restart=always"}, NULL},
    {1, "", {"caps=all restart=always", "caps=all restart=never"}, NULL},
    {1, "", {"caps=recv_ep0+send_ep0+device_map+irq_bind+irq_ack+wait_notify+exit priority=6 heartbeat=15",
             "caps=send_ep0+recv_ep0+grant_create+grant_revoke+write+heartbeat", "caps=send_ep0+send_ep1+yield+exit priority=5",
             "caps=recv_ep1+notify+wait_notify priority=3 restart=never", "caps=none", "caps=0x7ffff priority=0"}, NULL},
    {1, "", {"caps=all budget=1 priority=2", "caps=all budget=1 priority=2", "caps=all budget=1 priority=2 heartbeat=11"}, NULL},
    {1, "", {"caps=all priority=7", "caps=all priority=1", "caps=all priority=2", "caps=all priority=3", "caps=all priority=4",
             "caps=all priority=5", "caps=all priority=6", "caps=all priority=1"}, NULL},
    {1, "on-fault=stop exit-task=1", {"caps=all", "caps=all", "caps=all", "caps=all"}, NULL},
    {1, "", {"caps=all restart=never", "caps=all restart=never priority=5", "caps=all restart=never",
             "caps=all restart=never heartbeat=20"}, NULL},
    {2, "", {"caps=all", "caps=all", "caps=all", "caps=all priority=5 heartbeat=25"}, NULL},
    {3, "", {"caps=all priority=6", "caps=all budget=1", "caps=all restart=always", "caps=all restart=never",
             "caps=all heartbeat=11", "caps=all"}, NULL},
};

static void describe(const struct machine *machine, bool stop_when_booted)
{
    const struct null_config config = {
        .cpus = machine->cpus, .ram_size = RAM_SIZE, .stop_at = UINT64_MAX, .stop_when_booted = stop_when_booted};

    kernel_new(&config);
    kernel_cmdline(machine->cmdline);
    for (uint32_t i = 0; i < CALLS_TASKS_MAX && machine->attributes[i] != NULL; i++)
        kernel_step_task(i, machine->attributes[i], players_step);
}

static void schedule(void *unused)
{
    (void)unused;
    sched_start();
}

static struct null_end run_restored(struct machine *machine)
{
    if (machine->booted == NULL) {
        describe(machine, true);
        REQUIRE(kernel_boot().kind == NULL_BOOTED, "the machine boots");
        machine->booted = null_snapshot_take();
    }
    null_snapshot_restore(machine->booted);
    return null_run(schedule, NULL);
}

static struct null_end run_booted(const struct machine *machine)
{
    describe(machine, false);
    return kernel_boot();
}

static void run(struct machine *machine, struct bytes moves)
{
    struct null_end end;

    players_begin(moves, machine->cpus);
    end = machine->cpus == 1 ? run_restored(machine) : run_booted(machine);
    if (end.kind != NULL_OFF || end.why == ARCH_OFF_PANIC)
        fprintf(stderr, "%s\n", null_serial());
    REQUIRE(end.kind == NULL_OFF && end.why != ARCH_OFF_PANIC, "no task can make the kernel panic or stick");
    players_end();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct machine *machine;
    uint64_t hash;

    if (size == 0)
        return 0;
    machine = &machines[data[0] % (sizeof(machines) / sizeof(machines[0]))];
    run(machine, (struct bytes){data + 1, data + size});
    if (size % AGAIN != 0)
        return 0;
    hash = kernel_hash();
    run(machine, (struct bytes){data + 1, data + size});
    REQUIRE(kernel_hash() == hash, "the same input gives the same state");
    return 0;
}
