/* SPDX-License-Identifier: MIT */
/*
 * Small scope, but all of it: every run queue of up to 4 threads in 3 levels, and every step from each, against lists as a
 * person would write them. The queue after a step must be, bit for bit, the one that is built from the list afterwards, so
 * histories of any length are covered. Then every value of the level bitmap with every level.
 */
#include <support/unit.h>

#include <string.h>

#include <sched/policy.h>

#define THREADS 4u
#define LEVELS 3u

struct lists {
    uint32_t at[LEVELS][THREADS];
    uint32_t count[LEVELS];
};

struct built {
    struct waitq_link links[SCHED_LEVELS + 1];
    struct runq rq;
};

static uint64_t states, steps;

/* The levels in use lie apart: lowest, middle, highest. */
static const uint32_t prio_of[LEVELS] = {0, 4, SCHED_LEVELS - 1};

static struct built build(const struct lists *l)
{
    struct built b;

    memset(&b, 0, sizeof(b)); /* bytes are compared */
    runq_init(&b.rq);
    waitq_links_init(b.links, SCHED_LEVELS + 1);
    for (uint32_t level = 0; level < LEVELS; level++)
        for (uint32_t i = 0; i < l->count[level]; i++)
            runq_insert(&b.rq, b.links, l->at[level][i], prio_of[level], false);
    return b;
}

/* Walk the links both ways: exactly the list. */
static void assert_is(const struct built *b, const struct lists *l)
{
    for (uint32_t level = 0; level < LEVELS; level++) {
        const struct waitq *q = &b->rq.level[prio_of[level]];
        uint32_t at = q->head, prev = WAITQ_NONE;

        for (uint32_t i = 0; i < l->count[level]; i++) {
            assert_int_equal(at, l->at[level][i]);
            assert_int_equal(b->links[at].prev, prev);
            prev = at;
            at = b->links[at].next;
        }
        assert_int_equal(at, WAITQ_NONE);
        assert_int_equal(q->tail, prev);
        assert_int_equal(b->rq.levels >> prio_of[level] & 1u, l->count[level] != 0);
    }
}

static void assert_same(const struct built *got, const struct lists *expected)
{
    struct built fresh = build(expected);

    assert_is(got, expected);
    assert_memory_equal(got, &fresh, sizeof(fresh));
    steps++;
}

static bool find(const struct lists *l, uint32_t thread, uint32_t *level, uint32_t *place)
{
    for (*level = 0; *level < LEVELS; (*level)++)
        for (*place = 0; *place < l->count[*level]; (*place)++)
            if (l->at[*level][*place] == thread)
                return true;
    return false;
}

static void list_insert(struct lists *l, uint32_t level, uint32_t place, uint32_t thread)
{
    for (uint32_t i = l->count[level]++; i > place; i--)
        l->at[level][i] = l->at[level][i - 1];
    l->at[level][place] = thread;
}

static void list_remove(struct lists *l, uint32_t level, uint32_t place)
{
    l->count[level]--;
    for (uint32_t i = place; i < l->count[level]; i++)
        l->at[level][i] = l->at[level][i + 1];
}

static void step_take(const struct lists *l)
{
    struct built b = build(l);
    struct lists after = *l;
    uint32_t top = LEVELS;

    while (top > 0 && l->count[top - 1] == 0)
        top--;
    assert_int_equal(runq_top(&b.rq), top == 0 ? -1 : (int32_t)prio_of[top - 1]);
    assert_int_equal(runq_pick(&b.rq), top == 0 ? WAITQ_NONE : l->at[top - 1][0]);
    assert_int_equal(runq_take(&b.rq, b.links), top == 0 ? WAITQ_NONE : l->at[top - 1][0]);
    if (top != 0)
        list_remove(&after, top - 1, 0);
    assert_same(&b, &after);
}

static void step_insert(const struct lists *l, uint32_t thread, uint32_t level, bool front)
{
    struct built b = build(l);
    struct lists after = *l;

    runq_insert(&b.rq, b.links, thread, prio_of[level], front);
    list_insert(&after, level, front ? 0 : l->count[level], thread);
    assert_same(&b, &after);
}

static void step_remove(const struct lists *l, uint32_t thread, uint32_t level, uint32_t place)
{
    struct built b = build(l);
    struct lists after = *l;

    runq_remove(&b.rq, b.links, thread, prio_of[level]);
    list_remove(&after, level, place);
    assert_same(&b, &after);
}

/* Others take turns and come back behind: whoever stands at place p of the highest level runs after p turns. */
static void assert_fair(const struct lists *l)
{
    struct built b = build(l);
    uint32_t top = LEVELS;

    while (top > 0 && l->count[top - 1] == 0)
        top--;
    for (uint32_t turn = 0; top != 0 && turn < 2 * l->count[top - 1]; turn++) {
        uint32_t thread = runq_take(&b.rq, b.links);

        assert_int_equal(thread, l->at[top - 1][turn % l->count[top - 1]]);
        runq_insert(&b.rq, b.links, thread, prio_of[top - 1], false);
    }
    assert_is(&b, l); /* two rounds later all is as before */
}

static void visit(const struct lists *l)
{
    states++;
    step_take(l);
    assert_fair(l);
    for (uint32_t thread = 0; thread < THREADS; thread++) {
        uint32_t level, place;

        if (find(l, thread, &level, &place)) {
            step_remove(l, thread, level, place);
            continue;
        }
        for (level = 0; level < LEVELS; level++) {
            step_insert(l, thread, level, false);
            step_insert(l, thread, level, true);
        }
    }
}

/* Every way to put thread `next` and those after it nowhere or at any place of any level. */
static void for_each_state(struct lists l, uint32_t next)
{
    if (next == THREADS) {
        visit(&l);
        return;
    }
    for_each_state(l, next + 1);
    for (uint32_t level = 0; level < LEVELS; level++)
        for (uint32_t place = 0; place <= l.count[level]; place++) {
            struct lists more = l;

            list_insert(&more, level, place, next);
            for_each_state(more, next + 1);
        }
}

TEST(every_step_from_every_run_queue_of_4_threads)
{
    const struct lists empty = {.count = {0}};

    for_each_state(empty, 0);
    print_message("small_runq: %llu states, %llu steps\n", (unsigned long long)states, (unsigned long long)steps);
    assert_int_equal(states, 1 + 4 * 3 + 6 * 12 + 4 * 60 + 360); /* m of 4 threads in m!(m+2)(m+1)/2 orders */
}

/* A queue with one thread in each level of the set `levels`. */
static struct built one_in_each(uint32_t levels)
{
    struct built b;

    memset(&b, 0, sizeof(b));
    runq_init(&b.rq);
    waitq_links_init(b.links, SCHED_LEVELS + 1);
    for (uint32_t level = 0; level < SCHED_LEVELS; level++)
        if (levels >> level & 1u)
            runq_insert(&b.rq, b.links, level, level, false);
    return b;
}

TEST(every_bitmap_of_levels_and_every_level)
{
    for (uint32_t levels = 0; levels < 1u << SCHED_LEVELS; levels++)
        for (uint32_t prio = 0; prio < SCHED_LEVELS; prio++) {
            struct built b = one_in_each(levels);
            uint32_t others = levels & ~(1u << prio);
            int32_t top = -1;

            for (int32_t level = 0; level < (int32_t)SCHED_LEVELS; level++)
                top = levels >> level & 1u ? level : top;
            assert_int_equal(b.rq.levels, levels);
            assert_int_equal(runq_top(&b.rq), top);
            runq_insert(&b.rq, b.links, SCHED_LEVELS, prio, true);
            assert_int_equal(b.rq.levels, others + (1u << prio));
            runq_remove(&b.rq, b.links, SCHED_LEVELS, prio);
            assert_int_equal(b.rq.levels, levels);
            if (levels != others)
                runq_remove(&b.rq, b.links, prio, prio);
            assert_int_equal(b.rq.levels, others);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_step_from_every_run_queue_of_4_threads),
        cmocka_unit_test(every_bitmap_of_levels_and_every_level),
    };

    return cmocka_run_group_tests_name("small_runq", tests, NULL, NULL);
}
