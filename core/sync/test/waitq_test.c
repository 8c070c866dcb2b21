/* SPDX-License-Identifier: MIT */
/* FIFO queues by index: order, ends, and long random histories against a plain array. */
#include <support/random.h>
#include <support/unit.h>

#include <string.h>

#include <sync/waitq.h>

#define THREADS 16u
#define QUEUES 3u

static struct waitq_link links[THREADS];
static struct waitq queue;

static int setup(void **state)
{
    (void)state;
    waitq_init(&queue);
    waitq_links_init(links, THREADS);
    return 0;
}

/* Take everything out from the front; the order as digits, for example 312. */
static uint32_t drain(void)
{
    uint32_t order = 0;

    while (waitq_first(&queue) != WAITQ_NONE) {
        uint32_t first = waitq_first(&queue);

        order = order * 10 + first;
        waitq_remove(links, &queue, first);
    }
    return order;
}

TEST(new_queue_is_empty)
{
    assert_int_equal(waitq_first(&queue), WAITQ_NONE);
    assert_int_equal(queue.tail, WAITQ_NONE);
}

TEST(static_initialiser_is_an_empty_queue)
{
    const struct waitq fresh = WAITQ_INIT;

    assert_memory_equal(&fresh, &queue, sizeof(fresh));
}

TEST(links_start_in_no_queue)
{
    memset(links, 0xFF, sizeof(links));
    waitq_links_init(links, THREADS);
    for (uint32_t i = 0; i < THREADS; i++) {
        assert_int_equal(links[i].linked, 0);
        assert_int_equal(links[i].next, WAITQ_NONE);
        assert_int_equal(links[i].prev, WAITQ_NONE);
    }
}

TEST(no_more_links_are_initialised_than_there_are)
{
    memset(links, 0xA5, sizeof(links));
    waitq_links_init(links, THREADS - 1);
    assert_int_equal(links[THREADS - 2].linked, 0);
    assert_int_equal(links[THREADS - 1].linked, 0xA5A5);
}

TEST(push_keeps_the_order_of_arrival)
{
    waitq_push(links, &queue, 3);
    waitq_push(links, &queue, 1);
    waitq_push(links, &queue, 2);
    assert_int_equal(drain(), 312);
}

TEST(push_front_goes_before_all_others)
{
    waitq_push(links, &queue, 3);
    waitq_push_front(links, &queue, 1);
    waitq_push(links, &queue, 2);
    assert_int_equal(drain(), 132);
}

TEST(push_front_into_an_empty_queue_sets_both_ends)
{
    waitq_push_front(links, &queue, 4);
    waitq_push(links, &queue, 5);
    assert_int_equal(drain(), 45);
}

TEST(first_does_not_remove)
{
    waitq_push(links, &queue, 7);
    assert_int_equal(waitq_first(&queue), 7);
    assert_int_equal(waitq_first(&queue), 7);
}

TEST(remove_from_the_middle_keeps_the_others_in_order)
{
    for (uint32_t i = 1; i <= 5; i++)
        waitq_push(links, &queue, i);
    waitq_remove(links, &queue, 3);
    assert_int_equal(drain(), 1245);
}

TEST(remove_of_the_last_lets_the_next_push_follow_its_predecessor)
{
    waitq_push(links, &queue, 1);
    waitq_push(links, &queue, 2);
    waitq_remove(links, &queue, 2);
    waitq_push(links, &queue, 3);
    assert_int_equal(drain(), 13);
}

TEST(remove_of_the_only_one_leaves_an_empty_queue)
{
    waitq_push(links, &queue, 6);
    waitq_remove(links, &queue, 6);
    assert_int_equal(queue.head, WAITQ_NONE);
    assert_int_equal(queue.tail, WAITQ_NONE);
}

TEST(pop_takes_the_first_and_nothing_else)
{
    waitq_push(links, &queue, 6);
    waitq_push(links, &queue, 2);
    waitq_pop(links, &queue);
    assert_int_equal(waitq_first(&queue), 2);
    assert_int_equal(links[6].linked, 0);
    assert_int_equal(links[2].prev, WAITQ_NONE);
    waitq_pop(links, &queue);
    assert_int_equal(queue.head, WAITQ_NONE);
    assert_int_equal(queue.tail, WAITQ_NONE);
}

TEST(a_removed_link_says_so)
{
    waitq_push(links, &queue, 1);
    waitq_push(links, &queue, 2);
    assert_int_equal(links[1].linked, 1);
    waitq_remove(links, &queue, 1);
    assert_int_equal(links[1].linked, 0);
    assert_int_equal(links[1].next, WAITQ_NONE);
    assert_int_equal(links[2].prev, WAITQ_NONE);
}

struct model {
    uint32_t member[THREADS];
    uint32_t count;
};

static void model_put(struct model *m, uint32_t index, bool front)
{
    uint32_t at = front ? 0 : m->count;

    memmove(m->member + at + 1, m->member + at, (m->count - at) * sizeof(m->member[0]));
    m->member[at] = index;
    m->count++;
}

static void model_take(struct model *m, uint32_t at)
{
    memmove(m->member + at, m->member + at + 1, (m->count - at - 1) * sizeof(m->member[0]));
    m->count--;
}

static void assert_same(const struct waitq *q, const struct model *m)
{
    uint32_t prev = WAITQ_NONE;
    uint32_t at = q->head;

    for (uint32_t i = 0; i < m->count; i++) {
        assert_int_equal(at, m->member[i]);
        assert_int_equal(links[at].prev, prev);
        assert_int_equal(links[at].linked, 1);
        prev = at;
        at = links[at].next;
    }
    assert_int_equal(at, WAITQ_NONE);
    assert_int_equal(q->tail, prev);
}

/* Threads wander between three queues that share the links. */
TEST(random_histories_agree_with_a_plain_array)
{
    struct test_random random = {.state = 20};
    struct model model[QUEUES] = {0};
    struct waitq queues[QUEUES];
    uint32_t where[THREADS];

    for (uint32_t i = 0; i < QUEUES; i++)
        waitq_init(&queues[i]);
    memset(where, 0xFF, sizeof(where));
    for (uint32_t step = 0; step < 20000; step++) {
        uint32_t t = test_random_below(&random, THREADS);
        uint32_t q = test_random_below(&random, QUEUES);
        bool front = test_random_below(&random, 2) != 0;

        if (where[t] < QUEUES) {
            struct model *m = &model[where[t]];
            uint32_t at = 0;

            while (m->member[at] != t)
                at++;
            model_take(m, at);
            if (at == 0 && front)
                waitq_pop(links, &queues[where[t]]);
            else
                waitq_remove(links, &queues[where[t]], t);
            where[t] = QUEUES;
        } else {
            model_put(&model[q], t, front);
            if (front)
                waitq_push_front(links, &queues[q], t);
            else
                waitq_push(links, &queues[q], t);
            where[t] = q;
        }
        for (uint32_t i = 0; i < QUEUES; i++)
            assert_same(&queues[i], &model[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(new_queue_is_empty, setup),
        cmocka_unit_test_setup(static_initialiser_is_an_empty_queue, setup),
        cmocka_unit_test_setup(links_start_in_no_queue, setup),
        cmocka_unit_test_setup(no_more_links_are_initialised_than_there_are, setup),
        cmocka_unit_test_setup(push_keeps_the_order_of_arrival, setup),
        cmocka_unit_test_setup(push_front_goes_before_all_others, setup),
        cmocka_unit_test_setup(push_front_into_an_empty_queue_sets_both_ends, setup),
        cmocka_unit_test_setup(first_does_not_remove, setup),
        cmocka_unit_test_setup(remove_from_the_middle_keeps_the_others_in_order, setup),
        cmocka_unit_test_setup(remove_of_the_last_lets_the_next_push_follow_its_predecessor, setup),
        cmocka_unit_test_setup(remove_of_the_only_one_leaves_an_empty_queue, setup),
        cmocka_unit_test_setup(pop_takes_the_first_and_nothing_else, setup),
        cmocka_unit_test_setup(a_removed_link_says_so, setup),
        cmocka_unit_test_setup(random_histories_agree_with_a_plain_array, setup),
    };

    return cmocka_run_group_tests_name("waitq", tests, NULL, NULL);
}
