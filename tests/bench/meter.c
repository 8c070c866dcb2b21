/* SPDX-License-Identifier: MIT */
#include "meter.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS 500u
#define OPERATIONS 2000u /* in a round */
#define WARM_UP 20u      /* rounds that do not count */

static struct {
    uint64_t left;   /* operations of this round, or of all */
    bool by_clock;
    uint32_t rounds; /* over, warm-up included */
    uint64_t start;
    double ns[ROUNDS];
} meter;

/* The process's own CPU time: what other programs do meanwhile is not ours. */
static uint64_t now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void meter_begin(uint64_t operations)
{
    meter.by_clock = operations == 0;
    meter.left = meter.by_clock ? OPERATIONS : operations;
    meter.rounds = 0;
    meter.start = now();
}

static bool next_round(void)
{
    uint64_t end = now();

    if (!meter.by_clock)
        return false;
    if (meter.rounds >= WARM_UP)
        meter.ns[meter.rounds - WARM_UP] = (double)(end - meter.start) / OPERATIONS;
    meter.left = OPERATIONS;
    meter.start = now();
    return ++meter.rounds < WARM_UP + ROUNDS;
}

bool meter_tick(void)
{
    return --meter.left > 0 || next_round();
}

static int compare(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

void meter_print(const char *name, unsigned goal)
{
    if (!meter.by_clock)
        return;
    qsort(meter.ns, ROUNDS, sizeof(meter.ns[0]), compare);
    printf("{\"name\": \"%s\", \"unit\": \"ns\", \"p50\": %.1f, \"p99\": %.1f", name, meter.ns[ROUNDS / 2],
           meter.ns[ROUNDS * 99 / 100]);
    if (goal > 0)
        printf(", \"goal\": %u", goal);
    printf("}\n");
}
