/* SPDX-License-Identifier: MIT */
#include <sched/policy.h>

#include <base/bits.h>

/*@ logic integer level_bit(integer levels, integer k) =
  @   (k == 0 ? levels : k == 1 ? levels / 2 : k == 2 ? levels / 4 : k == 3 ? levels / 8 :
  @    k == 4 ? levels / 16 : k == 5 ? levels / 32 : k == 6 ? levels / 64 : levels / 128) % 2;
  @ predicate runq_empty{L}(struct runq *rq, integer k) = rq->level[k].head == WAITQ_NONE;
  @ // A bit for each level that is not empty.
  @ predicate runq_ok{L}(struct runq *rq) = rq->levels < 256 &&
  @   \forall integer k; 0 <= k < SCHED_LEVELS ==> (level_bit(rq->levels, k) == 1 <==> !runq_empty(rq, k));
  @ // Level k is the highest that is not empty.
  @ predicate runq_highest{L}(struct runq *rq, integer k) = 0 <= k < SCHED_LEVELS && !runq_empty(rq, k) &&
  @   \forall integer j; k < j < SCHED_LEVELS ==> runq_empty(rq, j);
  @*/

/*
 * The provers cannot read shifts by a variable. The contracts of these two are assumed in the proofs of their callers and
 * checked for every input there is (test/small_runq_test.c).
 */
/*@ requires levels < 256 && prio < SCHED_LEVELS;
  @ assigns \nothing;
  @ ensures \result < 256 && level_bit(\result, prio) == 1;
  @ ensures \forall integer k; 0 <= k < SCHED_LEVELS && k != prio ==> level_bit(\result, k) == level_bit(levels, k);
  @*/
static uint32_t with_level(uint32_t levels, uint32_t prio)
{
    return levels | 1u << prio;
}

/*@ requires levels < 256 && prio < SCHED_LEVELS;
  @ assigns \nothing;
  @ ensures \result < 256 && level_bit(\result, prio) == 0;
  @ ensures \forall integer k; 0 <= k < SCHED_LEVELS && k != prio ==> level_bit(\result, k) == level_bit(levels, k);
  @*/
static uint32_t without_level(uint32_t levels, uint32_t prio)
{
    return levels & ~(1u << prio);
}

/*@ requires \valid(rq);
  @ assigns *rq;
  @ ensures runq_ok(rq) && \forall integer k; 0 <= k < SCHED_LEVELS ==> runq_empty(rq, k);
  @*/
void runq_init(struct runq *rq)
{
    rq->levels = 0;
    /*@ loop invariant 0 <= i <= SCHED_LEVELS && \forall integer k; 0 <= k < i ==> runq_empty(rq, k);
      @ loop assigns i, rq->level[0 .. SCHED_LEVELS - 1];
      @ loop variant SCHED_LEVELS - i;
      @*/
    for (uint32_t i = 0; i < SCHED_LEVELS; i++)
        waitq_init(&rq->level[i]);
}

/*@ requires \valid(rq) && runq_ok(rq) && prio < SCHED_LEVELS && waitq_ends(links, &rq->level[prio]);
  @ requires \valid(links + index) && index < WAITQ_NONE && links[index].linked == 0;
  @ requires \separated(rq, links + (0 .. WAITQ_NONE));
  @ assigns *rq, links[index], links[rq->level[prio].tail].next, links[rq->level[prio].head].prev;
  @ ensures runq_ok(rq) && links[index].linked == 1;
  @ ensures others: \forall integer k; 0 <= k < SCHED_LEVELS && k != prio ==>
  @   rq->level[k].head == \old(rq->level[k].head) && rq->level[k].tail == \old(rq->level[k].tail);
  @ behavior last: // behind all of its level
  @   assumes !front;
  @   ensures rq->level[prio].tail == index && links[index].prev == \old(rq->level[prio].tail);
  @   ensures !\old(runq_empty(rq, prio)) ==> rq->level[prio].head == \old(rq->level[prio].head);
  @ behavior first:
  @   assumes front;
  @   ensures rq->level[prio].head == index && links[index].next == \old(rq->level[prio].head);
  @   ensures !\old(runq_empty(rq, prio)) ==> rq->level[prio].tail == \old(rq->level[prio].tail);
  @ complete behaviors;
  @ disjoint behaviors;
  @*/
void runq_insert(struct runq *rq, struct waitq_link *links, uint32_t index, uint32_t prio, bool front)
{
    if (front) {
        waitq_push_front(links, &rq->level[prio], index);
        //@ assert heads: \forall integer k; 0 <= k < SCHED_LEVELS && k != prio ==> rq->level[k].head == \at(rq->level[k].head, Pre);
        //@ assert tails: \forall integer k; 0 <= k < SCHED_LEVELS && k != prio ==> rq->level[k].tail == \at(rq->level[k].tail, Pre);
    } else {
        waitq_push(links, &rq->level[prio], index);
        //@ assert heads: \forall integer k; 0 <= k < SCHED_LEVELS && k != prio ==> rq->level[k].head == \at(rq->level[k].head, Pre);
        //@ assert tails: \forall integer k; 0 <= k < SCHED_LEVELS && k != prio ==> rq->level[k].tail == \at(rq->level[k].tail, Pre);
    }
    rq->levels = with_level(rq->levels, prio);
}

/*@ requires \valid(rq) && runq_ok(rq) && prio < SCHED_LEVELS && \valid(links + index) && index < WAITQ_NONE;
  @ requires !runq_empty(rq, prio);
  @ requires links[index].prev != WAITQ_NONE ==> \valid(links + links[index].prev) && links[index].prev != index;
  @ requires links[index].next != WAITQ_NONE ==> \valid(links + links[index].next) && links[index].next != index;
  @ requires links[index].prev == WAITQ_NONE <==> rq->level[prio].head == index;
  @ requires links[index].next == WAITQ_NONE <==> rq->level[prio].tail == index;
  @ requires links[index].prev != links[index].next || links[index].prev == WAITQ_NONE;
  @ requires \separated(rq, links + (0 .. WAITQ_NONE));
  @ assigns *rq, links[index], links[links[index].prev].next, links[links[index].next].prev;
  @ ensures runq_ok(rq) && waitq_free(links, index);
  @ ensures others: \forall integer k; 0 <= k < SCHED_LEVELS && k != prio ==>
  @   rq->level[k].head == \old(rq->level[k].head) && rq->level[k].tail == \old(rq->level[k].tail);
  @ ensures rq->level[prio].head == (\old(rq->level[prio].head) == index ? \old(links[index].next) : \old(rq->level[prio].head));
  @*/
void runq_remove(struct runq *rq, struct waitq_link *links, uint32_t index, uint32_t prio)
{
    waitq_remove(links, &rq->level[prio], index);
    //@ assert heads: \forall integer k; 0 <= k < SCHED_LEVELS && k != prio ==> rq->level[k].head == \at(rq->level[k].head, Pre);
    //@ assert tails: \forall integer k; 0 <= k < SCHED_LEVELS && k != prio ==> rq->level[k].tail == \at(rq->level[k].tail, Pre);
    if (waitq_first(&rq->level[prio]) == WAITQ_NONE)
        rq->levels = without_level(rq->levels, prio);
}

/*@ requires \valid_read(rq) && runq_ok(rq);
  @ assigns \nothing;
  @ ensures \result == -1 ==> \forall integer k; 0 <= k < SCHED_LEVELS ==> runq_empty(rq, k);
  @ ensures \result == -1 || runq_highest(rq, \result);
  @*/
int32_t runq_top(const struct runq *rq)
{
    return rq->levels == 0 ? -1 : (int32_t)bits_highest(rq->levels);
}

/*@ requires \valid_read(rq) && runq_ok(rq);
  @ assigns \nothing;
  @ ensures idle: \result == WAITQ_NONE <==> \forall integer k; 0 <= k < SCHED_LEVELS ==> runq_empty(rq, k);
  @ ensures first_of_the_highest: \result != WAITQ_NONE ==>
  @   \exists integer k; runq_highest(rq, k) && \result == rq->level[k].head;
  @*/
uint32_t runq_pick(const struct runq *rq)
{
    return rq->levels == 0 ? WAITQ_NONE : waitq_first(&rq->level[bits_highest(rq->levels)]);
}

/*@ predicate runq_can_pop{L}(struct runq *rq, struct waitq_link *links, integer k) =
  @   waitq_ends(links, &rq->level[k]) && (links[rq->level[k].head].next != WAITQ_NONE ==>
  @     \valid(links + links[rq->level[k].head].next) && links[rq->level[k].head].next != rq->level[k].head);
  @*/
/*@ requires \valid(rq) && runq_ok(rq) && \separated(rq, links + (0 .. WAITQ_NONE));
  @ requires prio < SCHED_LEVELS && !runq_empty(rq, prio) && runq_can_pop(rq, links, prio);
  @ assigns *rq, links[0 .. WAITQ_NONE];
  @ ensures runq_ok(rq) && waitq_free(links, \old(rq->level[prio].head));
  @ ensures rq->level[prio].head == \old(links[rq->level[prio].head].next);
  @ ensures others: \forall integer k; 0 <= k < SCHED_LEVELS && k != prio ==>
  @   rq->level[k].head == \old(rq->level[k].head) && rq->level[k].tail == \old(rq->level[k].tail);
  @*/
static void pop(struct runq *rq, struct waitq_link *links, uint32_t prio)
{
    waitq_pop(links, &rq->level[prio]);
    //@ assert heads: \forall integer k; 0 <= k < SCHED_LEVELS && k != prio ==> rq->level[k].head == \at(rq->level[k].head, Pre);
    //@ assert tails: \forall integer k; 0 <= k < SCHED_LEVELS && k != prio ==> rq->level[k].tail == \at(rq->level[k].tail, Pre);
    if (waitq_first(&rq->level[prio]) == WAITQ_NONE)
        rq->levels = without_level(rq->levels, prio);
}

/*@ requires \valid(rq) && runq_ok(rq) && \separated(rq, links + (0 .. WAITQ_NONE));
  @ requires \forall integer k; 0 <= k < SCHED_LEVELS && !runq_empty(rq, k) ==> runq_can_pop(rq, links, k);
  @ assigns *rq, links[0 .. WAITQ_NONE];
  @ ensures runq_ok(rq);
  @ ensures idle: \result == WAITQ_NONE <==> \forall integer k; 0 <= k < SCHED_LEVELS ==> \old(runq_empty(rq, k));
  @ ensures first_of_the_highest: \result != WAITQ_NONE ==> \exists integer k; \old(runq_highest(rq, k)) &&
  @   \result == \old(rq->level[k].head) && rq->level[k].head == \old(links[rq->level[k].head].next);
  @ ensures \result != WAITQ_NONE ==> waitq_free(links, \result);
  @*/
uint32_t runq_take(struct runq *rq, struct waitq_link *links)
{
    uint32_t index = runq_pick(rq);

    if (index != WAITQ_NONE)
        pop(rq, links, bits_highest(rq->levels));
    return index;
}

/*@ assigns \nothing;
  @ ensures \result <==> budget != 0 && used >= budget;
  @*/
bool budget_exhausted(uint32_t budget, uint32_t used)
{
    return budget != 0 && used >= budget;
}

/*@ assigns \nothing;
  @ ensures \result <==> \exists integer n; tick == n * SCHED_EPOCH;
  @*/
bool epoch_due(uint64_t tick)
{
    return tick % SCHED_EPOCH == 0;
}

/*@ assigns \nothing;
  @ ensures now >= last ==> (\result <==> interval != 0 && now - last > interval);
  @ ensures wrapped: \result <==> interval != 0 && (uint64_t)(now - last) > interval;
  @*/
bool watchdog_expired(uint64_t now, uint64_t last, uint64_t interval)
{
    return interval != 0 && now - last > interval;
}

/*@ assigns \nothing;
  @ ensures only_faulted: \result ==> state == THREAD_FAULTED;
  @ ensures now >= since ==> (\result <==> state == THREAD_FAULTED && now - since >= SCHED_RESTART_DELAY);
  @ ensures wrapped: \result <==> state == THREAD_FAULTED && (uint64_t)(now - since) >= SCHED_RESTART_DELAY;
  @*/
bool restart_due(enum thread_state state, uint64_t since, uint64_t now)
{
    return state == THREAD_FAULTED && now - since >= SCHED_RESTART_DELAY;
}

/*@ requires \valid_read(running + (0 .. cpus - 1)) && cpus <= INT32_MAX && prio < SCHED_LEVELS;
  @ assigns \nothing;
  @ behavior none:
  @   assumes \forall integer i; 0 <= i < cpus ==> running[i] >= prio;
  @   ensures \result == -1;
  @ behavior some: // the lowest, and of several the first
  @   assumes \exists integer i; 0 <= i < cpus && running[i] < prio;
  @   ensures 0 <= \result < cpus && running[\result] < prio;
  @   ensures \forall integer i; 0 <= i < cpus ==> running[\result] <= running[i];
  @   ensures \forall integer i; 0 <= i < \result ==> running[\result] < running[i];
  @ complete behaviors;
  @ disjoint behaviors;
  @*/
int32_t preempt_target(const int32_t *running, uint32_t cpus, uint32_t prio)
{
    int32_t best = -1;

    /*@ loop invariant 0 <= i <= cpus && -1 <= best < i;
      @ loop invariant best < 0 ==> \forall integer k; 0 <= k < i ==> running[k] >= prio;
      @ loop invariant best >= 0 ==> running[best] < prio;
      @ loop invariant best >= 0 ==> \forall integer k; 0 <= k < i ==> running[best] <= running[k];
      @ loop invariant best >= 0 ==> \forall integer k; 0 <= k < best ==> running[best] < running[k];
      @ loop assigns i, best;
      @ loop variant cpus - i;
      @*/
    for (uint32_t i = 0; i < cpus; i++)
        if (running[i] < (int32_t)prio && (best < 0 || running[i] < running[best]))
            best = (int32_t)i;
    return best;
}
