/* SPDX-License-Identifier: MIT */
#include <sched/policy.h>

#include <base/bits.h>

void runq_init(struct runq *rq)
{
    rq->levels = 0;
    for (uint32_t i = 0; i < SCHED_LEVELS; i++)
        waitq_init(&rq->level[i]);
}

void runq_insert(struct runq *rq, struct waitq_link *links, uint32_t index, uint32_t prio, bool front)
{
    if (front)
        waitq_push_front(links, &rq->level[prio], index);
    else
        waitq_push(links, &rq->level[prio], index);
    rq->levels |= 1u << prio;
}

void runq_remove(struct runq *rq, struct waitq_link *links, uint32_t index, uint32_t prio)
{
    waitq_remove(links, &rq->level[prio], index);
    if (waitq_first(&rq->level[prio]) == WAITQ_NONE)
        rq->levels &= ~(1u << prio);
}

int32_t runq_top(const struct runq *rq)
{
    return rq->levels == 0 ? -1 : (int32_t)bits_highest(rq->levels);
}

uint32_t runq_pick(const struct runq *rq)
{
    return rq->levels == 0 ? WAITQ_NONE : waitq_first(&rq->level[bits_highest(rq->levels)]);
}

uint32_t runq_take(struct runq *rq, struct waitq_link *links)
{
    uint32_t index = runq_pick(rq);

    if (index != WAITQ_NONE) {
        uint32_t level = bits_highest(rq->levels);

        waitq_pop(links, &rq->level[level]);
        if (waitq_first(&rq->level[level]) == WAITQ_NONE)
            rq->levels &= ~(1u << level);
    }
    return index;
}

bool budget_exhausted(uint32_t budget, uint32_t used)
{
    return budget != 0 && used >= budget;
}

bool epoch_due(uint64_t tick)
{
    return tick % SCHED_EPOCH == 0;
}

bool watchdog_expired(uint64_t now, uint64_t last, uint64_t interval)
{
    return interval != 0 && now - last > interval;
}

bool restart_due(enum thread_state state, uint64_t since, uint64_t now)
{
    return state == THREAD_FAULTED && now - since >= SCHED_RESTART_DELAY;
}

int32_t preempt_target(const int32_t *running, uint32_t cpus, uint32_t prio)
{
    int32_t best = -1;

    for (uint32_t i = 0; i < cpus; i++)
        if (running[i] < (int32_t)prio && (best < 0 || running[i] < running[best]))
            best = (int32_t)i;
    return best;
}
