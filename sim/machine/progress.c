/* SPDX-License-Identifier: MIT */
#include <sim/progress.h>

#include <inttypes.h>

#include <sim/chaos.h>
#include <sim/explore.h>
#include <sim/guest.h>
#include <sim/machine.h>

static struct {
    uint64_t seen[MACHINE_CPUS_MAX]; /* when each CPU was last about to run user code, or had nothing to do */
    uint64_t user;                   /* when any was about to run user code */
    bool begun, ending;
    uint32_t stuck; /* CPU, or as many as there are: all of them are idle */
    struct event watch;
} progress;

static uint64_t patience(void)
{
    return machine_ns_to_units(machine.config.stall_ns);
}

static void end_stalled(uint32_t cpu)
{
    progress.stuck = cpu;
    machine_finish(MACHINE_STALLED, ARCH_OFF_STOPPED, 0);
}

/* A CPU that stays in the kernel waits for something that does not come; so does a machine in which no task ever runs. */
static void look(struct event *event)
{
    uint64_t now = machine_now();

    for (uint32_t i = 0; i < machine.config.cpus; i++) {
        const struct sim_cpu *cpu = &machine.cpu[i];
        if (cpu->started && !cpu->halted && cpu->clock > progress.seen[i] + patience() && now > progress.seen[i] + patience())
            end_stalled(i);
    }
    if (now > progress.user + patience())
        end_stalled(machine.config.cpus);
    event_schedule(event, now + patience() / 4 + 1);
}

void progress_start(void)
{
    if (machine.config.stall_ns == 0)
        return;
    event_init(&progress.watch, EVENT_CONTROL, look, NULL);
    event_schedule(&progress.watch, patience() / 4 + 1);
}

/* No lock is held here, so the invariants can be looked at; other CPUs may go on meanwhile. */
static void end_if_enough(void)
{
    if (machine.config.entries == 0 || progress.ending || chaos_stats()->entries < machine.config.entries)
        return;
    progress.ending = true;
    if (check_now != NULL)
        check_now();
    machine_finish(MACHINE_ENTRIES, ARCH_OFF_STOPPED, 0);
}

void progress_enter_user(void)
{
    progress.seen[machine.running] = progress.user = machine_now();
    if (!progress.begun) {
        progress.begun = true;
        chaos_begin();
        explore_begin();
    }
    end_if_enough();
}

void progress_halt(void)
{
    progress.seen[machine.running] = machine_now();
    if (progress.begun)
        end_if_enough();
}

void progress_forgive(uint64_t units)
{
    progress.seen[machine.running] += units;
}

void progress_explain(FILE *out)
{
    uint32_t i = progress.stuck;
    uint64_t since = machine_units_to_ns(i < machine.config.cpus ? progress.seen[i] : progress.user);

    if (i < machine.config.cpus)
        fprintf(out, "aegis-sim: --stall: CPU %" PRIu32 " has not left the kernel since %" PRIu64 ".%09" PRIu64 " s\n", i,
            since / 1000000000, since % 1000000000);
    else
        fprintf(out, "aegis-sim: --stall: no task has run since %" PRIu64 ".%09" PRIu64 " s\n", since / 1000000000, since % 1000000000);
}
