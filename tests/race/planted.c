/* SPDX-License-Identifier: MIT */
/*
 * Kernel code with a planted race, for one purpose: to show that the ThreadSanitizer sees races between simulated CPUs, and
 * that core's spinlock is what makes them go away. Two CPUs count; with the argument "locked" under a lock, else without.
 */
#include <stdlib.h>
#include <string.h>

#include <arch/smp.h>
#include <null/null.h>

#include "shared.h"

#define ROUNDS 100u

static bool locked;
static bool other_done;

static void count_all(void)
{
    for (uint32_t i = 0; i < ROUNDS; i++) {
        if (locked)
            shared_count_locked();
        else
            shared_count();
        arch_cpu_relax(); /* the other CPU's turn */
    }
}

static void second_cpu(uint32_t cpu)
{
    (void)cpu;
    count_all();
    other_done = true;
    for (;;)
        arch_cpu_relax();
}

static void first_cpu(void *arg)
{
    (void)arg;
    if (arch_start_cpu(1, second_cpu) != 0)
        abort();
    count_all();
    while (!other_done)
        arch_cpu_relax();
}

int main(int argc, char **argv)
{
    locked = argc > 1 && strcmp(argv[1], "locked") == 0;
    null_reset(&(struct null_config){.cpus = 2});
    return null_run(first_cpu, NULL).kind == NULL_RETURNED && shared_total() == 2 * ROUNDS ? 0 : 1;
}
