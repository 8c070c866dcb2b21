/* SPDX-License-Identifier: MIT */
/* Queues and the scheduler's decisions, against naive models, from every state of a few threads. */
#include "harness.h"

#include "core/sched/policy.c"
#include "core/sync/waitq.c"

#ifndef THREADS
#define THREADS 3u
#endif

/* A queue as a person would write it. */
struct shadow {
    uint32_t at[THREADS];
    uint32_t count;
};

static void shadow_push(struct shadow *s, uint32_t index, bool front)
{
    if (front)
        for (uint32_t i = s->count; i > 0; i--)
            s->at[i] = s->at[i - 1];
    s->at[front ? 0 : s->count] = index;
    s->count++;
}

static void shadow_remove(struct shadow *s, uint32_t index)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < THREADS; i++)
        if (i < s->count && s->at[i] != index)
            s->at[kept++] = s->at[i];
    s->count = kept;
}

/* The queue holds exactly the shadow's threads, in its order, in both directions. */
static void same(const struct waitq *q, const struct waitq_link *links, const struct shadow *s)
{
    uint32_t at = q->head, prev = WAITQ_NONE;

    for (uint32_t i = 0; i < THREADS; i++) {
        if (i >= s->count)
            break;
        CLAIM(at == s->at[i], "the order of the model");
        CLAIM(links[at].linked == 1 && links[at].prev == prev, "linked back");
        prev = at;
        at = links[at].next;
    }
    CLAIM(at == WAITQ_NONE, "nothing behind the last");
    CLAIM(q->tail == prev, "the tail is the last");
}

/* An arbitrary order of the threads. */
static void any_order(uint32_t *order)
{
    bool taken[THREADS] = {false};

    for (uint32_t i = 0; i < THREADS; i++) {
        order[i] = any_below(THREADS);
        ASSUME(!taken[order[i]]);
        taken[order[i]] = true;
    }
}

/* Any two queues (their contents say what their links are), then any operation. */
void prove_waitq(void)
{
    struct waitq_link links[THREADS];
    struct waitq q[2];
    struct shadow s[2] = {{.count = 0}, {.count = 0}};
    uint32_t where[THREADS], order[THREADS]; /* in queue 0 or 1, or 2: in none */
    uint32_t t = any_below(THREADS), to = any_below(2);

    waitq_links_init(links, THREADS);
    waitq_init(&q[0]);
    waitq_init(&q[1]);
    any_order(order);
    for (uint32_t i = 0; i < THREADS; i++) {
        where[order[i]] = any_below(3);
        if (where[order[i]] == 2)
            continue;
        waitq_push(links, &q[where[order[i]]], order[i]);
        shadow_push(&s[where[order[i]]], order[i], false);
    }
    same(&q[0], links, &s[0]);
    same(&q[1], links, &s[1]);
    if (where[t] == 2) {
        bool front = nondet_bool();

        if (front)
            waitq_push_front(links, &q[to], t);
        else
            waitq_push(links, &q[to], t);
        shadow_push(&s[to], t, front);
    } else {
        if (nondet_bool() && waitq_first(&q[where[t]]) == t)
            waitq_pop(links, &q[where[t]]);
        else
            waitq_remove(links, &q[where[t]], t);
        shadow_remove(&s[where[t]], t);
        CLAIM(links[t].linked == 0, "linked nowhere");
    }
    same(&q[0], links, &s[0]);
    same(&q[1], links, &s[1]);
}

/* SCH-04 by a naive scan over the ready threads in the order of their arrival: the first of the highest priority. */
static uint32_t naive_pick(const struct shadow *s, const uint32_t *prio)
{
    uint32_t best = WAITQ_NONE;

    for (uint32_t i = 0; i < THREADS; i++)
        if (i < s->count && (best == WAITQ_NONE || prio[s->at[i]] > prio[best]))
            best = s->at[i];
    return best;
}

/* Any run queue, then any operation. */
void prove_runq(void)
{
    struct waitq_link links[THREADS];
    struct runq rq;
    struct shadow ready = {.count = 0};
    uint32_t prio[THREADS], order[THREADS], t = any_below(THREADS), pick;
    bool in[THREADS] = {false};

    runq_init(&rq);
    waitq_links_init(links, THREADS);
    any_order(order);
    for (uint32_t i = 0; i < THREADS; i++) {
        uint32_t index = order[i];

        prio[index] = any_below(SCHED_LEVELS);
        in[index] = nondet_bool();
        if (!in[index])
            continue;
        runq_insert(&rq, links, index, prio[index], false);
        shadow_push(&ready, index, false);
    }
    pick = naive_pick(&ready, prio);
    CLAIM(runq_pick(&rq) == pick, "the naive scan picks the same");
    CLAIM(runq_top(&rq) == (pick == WAITQ_NONE ? -1 : (int32_t)prio[pick]), "its level");
    if (nondet_bool()) {
        CLAIM(runq_take(&rq, links) == pick, "what was picked is taken");
        if (pick != WAITQ_NONE)
            shadow_remove(&ready, pick);
    } else if (in[t]) {
        runq_remove(&rq, links, t, prio[t]);
        shadow_remove(&ready, t);
    } else {
        bool front = nondet_bool();

        runq_insert(&rq, links, t, prio[t], front);
        shadow_push(&ready, t, front);
    }
    pick = naive_pick(&ready, prio);
    CLAIM(runq_pick(&rq) == pick, "the naive scan picks the same afterwards");
    CLAIM(runq_top(&rq) == (pick == WAITQ_NONE ? -1 : (int32_t)prio[pick]), "its level afterwards");
}

void prove_preempt(void)
{
    int32_t running[8];
    uint32_t cpus = nondet_u32(), prio = any_below(SCHED_LEVELS), k = any_below(8);
    int32_t target;

    ASSUME(cpus <= 8);
    for (uint32_t i = 0; i < 8; i++)
        ASSUME(running[i] >= -1 && running[i] <= (int32_t)SCHED_LEVELS);
    target = preempt_target(running, cpus, prio);
    if (target < 0) {
        CLAIM(target == -1, "no CPU is -1");
        CLAIM(k >= cpus || running[k] >= (int32_t)prio, "nobody runs anything lower");
    } else {
        CLAIM((uint32_t)target < cpus && running[target] < (int32_t)prio, "a CPU that runs something lower");
        CLAIM(k >= cpus || running[k] >= running[target], "the lowest");
        CLAIM(k >= (uint32_t)target || running[k] > running[target], "ties: the lowest number");
    }
}

/* Ticks wrap: what counts is how much later `now` is, whatever the counter reads. */
void prove_time(void)
{
    uint64_t last = nondet_u64(), passed = nondet_u64(), interval = nondet_u64();
    uint64_t now = last + passed;
    enum thread_state state = (enum thread_state)any_below(THREAD_EXITED + 1);
    uint32_t budget = nondet_u32(), used = nondet_u32();

    CLAIM(watchdog_expired(now, last, interval) == (interval != 0 && passed > interval), "watchdog across the wrap");
    CLAIM(restart_due(state, last, now) == (state == THREAD_FAULTED && passed >= SCHED_RESTART_DELAY), "restart across the wrap");
    CLAIM(budget_exhausted(budget, used) == (budget > 0 && !(used < budget)), "a budget of 0 never ends");
}
