/* SPDX-License-Identifier: MIT */
/* Points and stalls: where the run is, whether it stalls here, what has been done. */
#include <sim/chaos.h>

#include <stdlib.h>

#include <sim/machine.h>
#include <sim/options.h>
#include <sim/port.h>
#include <sim/progress.h>
#include <sim/tasks.h>

#include "chaos_priv.h"

#define USER_STEP 5000u         /* units of user code between two points */
#define POINTS_PER_ENTRY 12u    /* more or less */
#define POINTS_EXPECTED 50000u  /* of a run without --entries */

static struct {
    struct chaos_plan plan;
    struct chaos_stats stats;
    struct rng rng;
    bool begun;
    struct chaos_position at[CHAOS_CONTEXTS]; /* the next point of each */
    struct chaos_stall *stalls;
    size_t count, room;
} chaos;

void chaos_prepare(const struct chaos_plan *plan)
{
    chaos.plan = *plan;
}

uint64_t chaos_seed(void)
{
    return chaos.plan.seed;
}

const struct chaos_stats *chaos_stats(void)
{
    return &chaos.stats;
}

size_t chaos_stalls(const struct chaos_stall **out)
{
    *out = chaos.stalls;
    return chaos.count;
}

void chaos_reseed(uint64_t seed)
{
    chaos.plan.seed = seed;
    rng_init(&chaos.rng, seed, RNG_STREAM_COUNT);
    strategy_begin(&chaos.plan, &chaos.rng, chaos.plan.entries != 0 ? chaos.plan.entries * POINTS_PER_ENTRY : POINTS_EXPECTED);
    rng_init(&machine.rng[RNG_SCHEDULE], seed, RNG_SCHEDULE);
    rng_init(&machine.rng[RNG_INTERRUPT], seed, RNG_INTERRUPT);
    rng_init(&machine.rng[RNG_TICK], seed, RNG_TICK);
}

void chaos_begin(void)
{
    if (chaos.begun)
        return;
    chaos.begun = true;
    if (chaos.plan.strategy == CHAOS_OFF)
        return;
    for (uint32_t i = 0; i < CHAOS_CONTEXTS; i++)
        chaos.at[i] = (struct chaos_position){.context = i};
    chaos_reseed(chaos.plan.seed);
    sim_port.points = 1;
}

/* The task that the CPU is with, in whatever function of the kernel, or the CPU itself. */
static struct chaos_position *here(void)
{
    uint32_t task = tasks_running(machine.running);

    return &chaos.at[task < CHAOS_CONTEXTS - MACHINE_CPUS_MAX ? task : CHAOS_CONTEXTS - MACHINE_CPUS_MAX + machine.running];
}

static void mix(uint64_t what)
{
    chaos.stats.schedule_hash = (chaos.stats.schedule_hash ^ what) * 0x9E3779B97F4A7C15u;
}

static void record(const struct point *point, struct chaos_position at, uint64_t units)
{
    mix(chaos.stats.points);
    mix(units);
    if (chaos.count == chaos.room) {
        chaos.room = chaos.room == 0 ? 256 : 2 * chaos.room;
        chaos.stalls = realloc(chaos.stalls, chaos.room * sizeof *chaos.stalls);
        if (chaos.stalls == NULL)
            abort();
    }
    chaos.stalls[chaos.count++] = (struct chaos_stall){.at = at, .units = units, .cpu = point->cpu, .kind = point->kind,
        .pc = point->pc, .caller = point->caller};
}

/* The given stalls of one position stand behind each other. */
static uint64_t scheduled(struct chaos_position at, uint32_t again)
{
    size_t low = 0, high = chaos.plan.schedule_count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (chaos_position_compare(&chaos.plan.schedule[middle].at, &at) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    low += again;
    if (low >= chaos.plan.schedule_count || chaos_position_compare(&chaos.plan.schedule[low].at, &at) != 0)
        return 0;
    return chaos.plan.schedule[low].units;
}

/* The CPU stands still while time goes on; its turn is over. */
static void stall(uint64_t units)
{
    progress_forgive(units);
    machine_spend((int64_t)units);
    machine_horizon(machine_now());
    machine_yield();
}

void chaos_point(enum chaos_kind kind, const void *word, uintptr_t pc, uintptr_t caller)
{
    struct chaos_position *next = here(), at = *next;
    struct point point = {.kind = kind, .cpu = machine.running, .number = chaos.stats.points++, .word = word, .pc = pc,
        .caller = caller};
    uint64_t units;

    next->point++;
    for (;;) {
        units = chaos.plan.strategy == CHAOS_SCHEDULE ? scheduled(at, point.again) : strategy_stall(&point);
        if (units == 0)
            return;
        record(&point, at, units);
        stall(units);
        point.again++;
    }
}

void chaos_entered(void)
{
    chaos.stats.entries++;
}

void chaos_called(void)
{
    struct chaos_position *next = here();

    if (sim_port.points == 0)
        return;
    next->call++;
    next->point = 0;
}

uint64_t chaos_user_step(void)
{
    return sim_port.points != 0 ? USER_STEP : UINT64_MAX;
}

void chaos_note_switch(uint32_t cpu)
{
    mix(chaos.stats.points << 3 | cpu);
}

int chaos_finish(void)
{
    if (chaos.plan.out == NULL)
        return EXIT_OK;
    FILE *file = fopen(chaos.plan.out, "w");
    if (file != NULL)
        chaos_print_places(file, SIZE_MAX);
    if (file == NULL || fclose(file) != 0) {
        fprintf(stderr, "aegis-sim: --schedule-out=%s: cannot be written\n", chaos.plan.out);
        return EXIT_IO;
    }
    return EXIT_OK;
}
