/* SPDX-License-Identifier: MIT */
#include <sim/pace.h>

#include <time.h>

#include <sim/machine.h>

#define NS_PER_S 1000000000
#define NAP_MAX_NS 50000000 /* so that requests of the host are seen */
#define LAG_MAX_NS 250000000

static struct {
    bool on;
    struct timespec start;
} pace;

void pace_start(void)
{
    pace.on = true;
    clock_gettime(CLOCK_MONOTONIC, &pace.start);
}

static void move_start(int64_t ns)
{
    ns += pace.start.tv_nsec;
    pace.start.tv_sec += (time_t)(ns / NS_PER_S);
    pace.start.tv_nsec = (long)(ns % NS_PER_S);
}

bool pace_wait(uint64_t units)
{
    struct timespec now;

    if (!pace.on || units == EVENT_NEVER)
        return false;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t wall = (int64_t)(now.tv_sec - pace.start.tv_sec) * NS_PER_S + (now.tv_nsec - pace.start.tv_nsec);
    int64_t ahead = (int64_t)machine_units_to_ns(units) - wall;
    if (ahead < -LAG_MAX_NS)
        move_start(-ahead); /* a slow host or a debugger: what was lost is not made up in a rush */
    if (ahead <= 0)
        return false;
    if (ahead > NAP_MAX_NS)
        ahead = NAP_MAX_NS;
    nanosleep(&(struct timespec){.tv_nsec = ahead}, NULL); /* a signal (input, the end) cuts it short */
    return true;
}
