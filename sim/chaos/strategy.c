/* SPDX-License-Identifier: MIT */
/* Where to preempt, and for how long. Each strategy sees the points in their order and answers with a time, or 0. */
#include <sim/machine.h>

#include <string.h>

#include "chaos_priv.h"

#define STEP 2000u          /* units: the least that ends a turn for sure */
#define WORDS 4096u
#define SITES 2048u
#define MEETING 200000u     /* units within which two CPUs have met at a word */
#define QUIET 3u            /* points without a wait in a loop, after which a CPU no longer waits */
#define CHANGES_MAX 64u

static struct {
    const struct chaos_plan *plan;
    struct rng *rng;
    /* who waits in a loop: points since the last wait, or QUIET */
    uint32_t quiet[MACHINE_CPUS_MAX];
    /* sticky */
    uint32_t favourite;
    uint64_t left;
    /* pct: the higher the number, the sooner it runs */
    uint32_t priority[MACHINE_CPUS_MAX];
    uint64_t change[CHANGES_MAX];
    uint32_t changes;
    /* races */
    struct {
        const void *word;
        uint64_t time, site;
        uint32_t cpu;
    } words[WORDS];
    struct {
        uint64_t site;
        uint32_t visits, hot;
    } sites[SITES];
    uint32_t site_count;
} s;

static uint64_t below(uint64_t bound)
{
    return rng_below(s.rng, bound);
}

static bool one_in(uint64_t n)
{
    return below(n) == 0;
}

static const struct sim_cpu *cpu_of(uint32_t i)
{
    return &machine.cpu[i];
}

/* Could it do something useful now? */
static bool can_run(uint32_t i)
{
    return cpu_of(i)->started && !cpu_of(i)->halted && s.quiet[i] >= QUIET;
}

/* Until `other` has had a good while more than it has now. */
static uint64_t behind(uint32_t other, uint64_t extra)
{
    uint64_t now = machine_now(), clock = cpu_of(other)->clock;

    return (clock > now ? clock - now : 0) + extra;
}

/* Mostly short, of every magnitude; sometimes until just after the next event, sometimes for a few ticks. */
static uint64_t any_time(void)
{
    uint64_t tick = machine.config.clock_rate / 100;
    uint64_t magnitude = UINT64_C(256) << below(9);
    uint64_t next = event_next_time(), now = machine_now();

    switch (below(32)) {
    case 0: return below(3 * tick) + 1;
    case 1: case 2: case 3: case 4:
        if (next > now && next - now < 2 * tick)
            return next - now + below(64);
        break;
    default: break;
    }
    return magnitude + below(magnitude);
}

/* -- random -- */

static uint64_t stall_random(const struct point *point)
{
    uint64_t rate = s.plan->rate != 0 ? s.plan->rate : 200;

    return point->again == 0 && one_in(rate) ? any_time() : 0;
}

/* -- sticky -- */

static uint64_t stall_sticky(const struct point *point)
{
    uint64_t rate = s.plan->rate != 0 ? s.plan->rate : 100;
    bool alone = machine.config.cpus == 1;

    if (s.left-- == 0) {
        s.favourite = (uint32_t)below(machine.config.cpus);
        s.left = 1 + below(2 * rate);
        if (alone && point->again == 0)
            return any_time();
    }
    if (alone || point->cpu == s.favourite || !can_run(s.favourite))
        return 0;
    return behind(s.favourite, (uint64_t)STEP << (point->again < 8 ? point->again : 8));
}

/* -- races -- */

static uint32_t site_of(const struct point *point, uint64_t *site)
{
    *site = (point->pc * 31 + point->caller) * 4 + point->kind + 1;
    uint32_t i = (uint32_t)((*site * 0x9E3779B97F4A7C15u) >> 32) % SITES;
    while (s.sites[i].site != 0 && s.sites[i].site != *site)
        i = (i + 1) % SITES;
    return i;
}

static void heat(uint64_t site)
{
    for (uint32_t i = (uint32_t)((site * 0x9E3779B97F4A7C15u) >> 32) % SITES; s.sites[i].site != 0; i = (i + 1) % SITES) {
        if (s.sites[i].site == site) {
            s.sites[i].hot = 1;
            return;
        }
    }
}

static void note_word(const struct point *point, uint64_t site)
{
    uint32_t i = (uint32_t)(((uintptr_t)point->word >> 2) * 0x9E3779B1u) % WORDS;

    if (s.words[i].word == point->word && s.words[i].cpu != point->cpu && machine_now() - s.words[i].time < MEETING) {
        heat(site);
        heat(s.words[i].site);
    }
    s.words[i].word = point->word;
    s.words[i].time = machine_now();
    s.words[i].cpu = point->cpu;
    s.words[i].site = site;
}

/* Places that come by often are preempted no more often than others. Two CPUs met at a hot one. */
static uint64_t stall_races(const struct point *point)
{
    uint64_t rate = s.plan->rate != 0 ? s.plan->rate : 12;
    uint64_t site;
    uint32_t i = site_of(point, &site);

    if (point->again != 0)
        return 0;
    if (s.sites[i].site == 0) {
        if (s.site_count == SITES / 2)
            return 0; /* more places than the kernel has */
        s.site_count++;
        s.sites[i].site = site;
    }
    if (point->kind == CHAOS_ATOMIC)
        note_word(point, site);
    uint64_t visits = ++s.sites[i].visits;
    return one_in((s.sites[i].hot ? rate : 4 * rate) + visits / 2) ? any_time() : 0;
}

/* -- pct -- */

static void pct_begin(uint64_t expected)
{
    uint64_t depth = s.plan->rate != 0 ? s.plan->rate : 3;

    s.changes = (uint32_t)(depth - 1 < CHANGES_MAX ? depth - 1 : CHANGES_MAX);
    for (uint32_t i = 0; i < MACHINE_CPUS_MAX; i++)
        s.priority[i] = CHANGES_MAX + i;
    for (uint32_t i = machine.config.cpus; i > 1; i--) { /* shuffle */
        uint32_t j = (uint32_t)below(i), p = s.priority[i - 1];
        s.priority[i - 1] = s.priority[j];
        s.priority[j] = p;
    }
    for (uint32_t i = 0; i < s.changes; i++)
        s.change[i] = below(expected);
}

/* Let those above run first. A change point takes the CPU below everybody, and lets an interrupt come. */
static uint64_t stall_pct(const struct point *point)
{
    uint64_t most = 0;

    for (uint32_t i = 0; i < s.changes && point->again == 0; i++) {
        if (s.change[i] == point->number) {
            s.priority[point->cpu] = CHANGES_MAX - 1 - i;
            return any_time();
        }
    }
    if (s.quiet[point->cpu] < QUIET && point->kind == CHAOS_RELAX && point->again == 0 && machine.config.cpus > 1)
        return STEP; /* it waits for somebody who may be below it */
    for (uint32_t i = 0; i < machine.config.cpus; i++) {
        if (s.priority[i] > s.priority[point->cpu] && i != point->cpu && can_run(i)) {
            uint64_t units = behind(i, (uint64_t)STEP << (point->again < 10 ? point->again : 10));
            most = units > most ? units : most;
        }
    }
    return most;
}

/* -- All of them -- */

void strategy_begin(const struct chaos_plan *plan, struct rng *rng, uint64_t expected)
{
    memset(&s, 0, sizeof s);
    s.plan = plan;
    s.rng = rng;
    for (uint32_t i = 0; i < MACHINE_CPUS_MAX; i++)
        s.quiet[i] = QUIET;
    if (plan->strategy == CHAOS_PCT)
        pct_begin(expected);
}

uint64_t strategy_stall(const struct point *point)
{
    if (point->again == 0) {
        if (point->kind == CHAOS_RELAX)
            s.quiet[point->cpu] = 0;
        else if (s.quiet[point->cpu] < QUIET)
            s.quiet[point->cpu]++;
    }
    if (s.quiet[point->cpu] < QUIET && s.plan->strategy != CHAOS_PCT)
        return 0; /* whoever waits may as well wait */
    switch (s.plan->strategy) {
    case CHAOS_RANDOM: return stall_random(point);
    case CHAOS_STICKY: return stall_sticky(point);
    case CHAOS_RACES: return stall_races(point);
    case CHAOS_PCT: return stall_pct(point);
    default: return 0;
    }
}
