/* SPDX-License-Identifier: MIT */
/* The verdict on a branch of --fail-each. */
#include "each.h"

#include <arch/fault.h>
#include <sim/tasks.h>

#include "rule.h"

/*
 * Before the first task runs nobody can be told; the boot stops and says why. Nobody is told of an interrupt that is lost either:
 * tasks go on, are restarted by the watchdog, or wait for ever, and then the kernel says so.
 */
static bool documented(const struct each_point *p)
{
    if (p->point == FAULT_IRQ)
        return p->code != EXIT_CONFIG;
    if (p->task == TASKS_NONE)
        return p->code == EXIT_CONFIG;
    if (p->point == FAULT_SEGMENT_LOAD)
        return p->load_fault;
    return p->told && !p->load_fault && p->status == fault_points[p->point].status;
}

static enum each_verdict verdict(const struct each_point *p, bool deadlocks)
{
    if (p->code == EXIT_PANIC)
        return EACH_PANIC;
    if (p->limited || p->code == EXIT_TIMEOUT || p->code == EXIT_STALLED)
        return EACH_HANG;
    if (p->code > 63 && p->code != EXIT_DEADLOCK && p->code != EXIT_CONFIG && p->code != EXIT_NOT_FINISHED)
        return EACH_CRASH;
    if (!documented(p))
        return EACH_UNDOCUMENTED;
    return p->code == EXIT_DEADLOCK && !deadlocks && p->point != FAULT_IRQ ? EACH_DEADLOCK : EACH_OK;
}

void each_judge(struct each_point *p, bool deadlocks)
{
    p->verdict = verdict(p, deadlocks);
}
