/* SPDX-License-Identifier: MIT */
/*
 * The decisions of an endpoint, checked over every small state: queues of up to 4 of 5 threads at every head position,
 * every receiver, server and caller.
 */
#include <support/unit.h>

#include <string.h>

#include <ipc/endpoint.h>

#define THREADS 5u

static struct ep_queue queue_of(uint32_t head, const uint16_t *thread, uint32_t count)
{
    struct ep_queue q = {.head = head, .count = count};

    memset(q.thread, 0xEE, sizeof(q.thread));
    for (uint32_t i = 0; i < count; i++)
        q.thread[(head + i) % EP_QUEUE] = thread[i];
    return q;
}

static uint32_t list(const struct ep_queue *q, uint16_t *out)
{
    assert_true(q->count <= EP_QUEUE);
    assert_true(q->head < EP_QUEUE);
    for (uint32_t i = 0; i < q->count; i++)
        out[i] = q->thread[(q->head + i) % EP_QUEUE];
    return q->count;
}

static uint32_t queues_seen;

/* Call `check` for every queue of distinct threads, at every head position. */
static void for_each_queue(void (*check)(struct ep_queue q, const uint16_t *thread, uint32_t count))
{
    queues_seen = 0;
    for (uint32_t code = 0; code < 6 * 6 * 6 * 6; code++) {
        uint16_t thread[EP_QUEUE];
        uint32_t count = 0, used = 0, rest = code;
        bool valid = true;

        /* Digits 1-5 are threads; 0 ends the list. */
        for (; rest != 0; rest /= 6) {
            uint32_t digit = rest % 6;

            valid = valid && digit != 0 && (used >> digit & 1u) == 0;
            used |= 1u << digit;
            thread[count++] = (uint16_t)(digit - 1);
        }
        for (uint32_t head = 0; valid && head < EP_QUEUE; head++, queues_seen++)
            check(queue_of(head, thread, count), thread, count);
    }
    assert_int_equal(queues_seen, 4 * (1 + 5 + 20 + 60 + 120));
}

static void check_push(struct ep_queue q, const uint16_t *thread, uint32_t count)
{
    struct ep_queue before = q;
    uint16_t got[EP_QUEUE];

    if (count == EP_QUEUE) {
        assert_false(ep_queue_push(&q, 9));
        assert_memory_equal(&q, &before, sizeof(q));
        return;
    }
    assert_true(ep_queue_push(&q, 9));
    assert_int_equal(list(&q, got), count + 1);
    assert_memory_equal(got, thread, count * sizeof(got[0]));
    assert_int_equal(got[count], 9);
}

TEST(push_appends_or_changes_nothing_when_full)
{
    for_each_queue(check_push);
}

static void check_pop(struct ep_queue q, const uint16_t *thread, uint32_t count)
{
    struct ep_queue before = q;
    uint16_t got[EP_QUEUE];
    uint32_t first = 77;

    if (count == 0) {
        assert_false(ep_queue_pop(&q, &first));
        assert_int_equal(first, 77);
        assert_memory_equal(&q, &before, sizeof(q));
        return;
    }
    assert_true(ep_queue_pop(&q, &first));
    assert_int_equal(first, thread[0]);
    assert_int_equal(list(&q, got), count - 1);
    assert_memory_equal(got, thread + 1, (count - 1) * sizeof(got[0]));
}

TEST(pop_takes_the_oldest_and_keeps_the_order)
{
    for_each_queue(check_pop);
}

static void check_remove(struct ep_queue q, const uint16_t *thread, uint32_t count)
{
    for (uint16_t t = 0; t <= THREADS; t++) { /* one that is never there, too */
        struct ep_queue after = q;
        uint16_t expected[EP_QUEUE], got[EP_QUEUE];
        uint32_t kept = 0;

        for (uint32_t i = 0; i < count; i++)
            if (thread[i] != t)
                expected[kept++] = thread[i];
        assert_int_equal(ep_queue_remove(&after, t), kept < count);
        assert_int_equal(list(&after, got), kept);
        assert_memory_equal(got, expected, kept * sizeof(got[0]));
    }
}

TEST(remove_takes_out_one_thread_and_nobody_else)
{
    for_each_queue(check_remove);
}

static void check_contains(struct ep_queue q, const uint16_t *thread, uint32_t count)
{
    for (uint16_t t = 0; t <= THREADS; t++) {
        bool there = false;

        for (uint32_t i = 0; i < count; i++)
            there = there || thread[i] == t;
        assert_int_equal(ep_queue_contains(q, t), there);
    }
}

TEST(contains_is_true_exactly_for_members)
{
    for_each_queue(check_contains);
}

TEST(a_queue_survives_long_use)
{
    struct ep_queue q = {0};
    uint32_t next_in = 0, next_out = 0, got;

    for (uint32_t i = 0; i < 1000; i++) {
        for (uint32_t n = i % (EP_QUEUE + 1); n > 0; n--) {
            bool room = next_in - next_out < EP_QUEUE;

            assert_int_equal(ep_queue_push(&q, next_in % 1000), room);
            next_in += room;
        }
        for (uint32_t n = i % 3; n > 0 && ep_queue_pop(&q, &got); n--)
            assert_int_equal(got, next_out++ % 1000);
    }
}

/* Every endpoint over 3 threads: receiver, server, caller of each kind, and queues of 0 to 4 others. */
static void for_each_endpoint(void (*check)(struct endpoint e))
{
    static const uint16_t who[] = {EP_NONE, 0, 1, 2};
    static const uint16_t senders[EP_QUEUE] = {2, 1, 3, 0};

    for (uint32_t code = 0; code < 4 * 4 * 4 * 5 * 4; code++) {
        uint32_t head = code / 320 % 4;
        struct endpoint e = {.receiver = who[code % 4], .server = who[code / 4 % 4], .caller = who[code / 16 % 4]};

        e.senders = queue_of(head, senders, code / 64 % 5);
        check(e);
    }
}

static void check_send(struct endpoint e)
{
    for (uint32_t me = 0; me < 3; me++)
        for (uint32_t call = 0; call < 2; call++) {
            enum ep_send expected = EP_SEND_FULL;

            if (e.server == me && call)
                expected = EP_SEND_OWED;
            else if (e.server == me && e.caller != EP_NONE)
                expected = EP_SEND_REPLY;
            else if (e.server == me)
                expected = EP_SEND_REPLY_GONE;
            else if (e.receiver != EP_NONE)
                expected = EP_SEND_DELIVER;
            else if (e.senders.count < EP_QUEUE)
                expected = EP_SEND_QUEUE;
            assert_int_equal(ep_send_decide(e, me, call), expected);
        }
}

TEST(a_send_means_what_the_endpoint_s_state_says)
{
    for_each_endpoint(check_send);
}

static void check_recv(struct endpoint e)
{
    for (uint32_t me = 0; me < 3; me++) {
        enum ep_recv expected = EP_RECV_WAIT;

        if (e.server == me)
            expected = EP_RECV_OWED;
        else if (e.server != EP_NONE || e.receiver != EP_NONE)
            expected = EP_RECV_BUSY;
        else if (e.senders.count > 0)
            expected = EP_RECV_TAKE;
        assert_int_equal(ep_recv_decide(e, me), expected);
    }
}

TEST(a_receive_means_what_the_endpoint_s_state_says)
{
    for_each_endpoint(check_recv);
}

TEST(nobody_but_the_server_can_reply)
{
    const struct endpoint e = {.receiver = EP_NONE, .server = 0, .caller = 1};

    assert_int_equal(ep_send_decide(e, 0, false), EP_SEND_REPLY);
    assert_int_equal(ep_send_decide(e, 1, false), EP_SEND_QUEUE);
    assert_int_equal(ep_send_decide(e, 2, false), EP_SEND_QUEUE);
}

TEST(a_second_receiver_does_not_replace_the_first)
{
    const struct endpoint e = {.receiver = 0, .server = EP_NONE, .caller = EP_NONE};

    assert_int_equal(ep_recv_decide(e, 1), EP_RECV_BUSY);
}

static void check_forget(struct endpoint e)
{
    for (uint16_t t = 0; t < 4; t++) {
        struct endpoint after = e;
        uint32_t orphan = ep_forget(&after, t);
        uint16_t before[EP_QUEUE], got[EP_QUEUE];
        uint32_t count = list(&e.senders, before), kept = 0;

        /* The queue: t is gone, the others stay in their order. */
        for (uint32_t i = 0; i < count; i++)
            if (before[i] != t)
                before[kept++] = before[i];
        assert_int_equal(list(&after.senders, got), kept);
        assert_memory_equal(got, before, kept * sizeof(got[0]));
        /* The roles: t has none left, nobody else lost one, except the caller of a dead server, who is returned. */
        assert_int_equal(after.receiver, e.receiver == t ? EP_NONE : e.receiver);
        assert_int_equal(after.server, e.server == t ? EP_NONE : e.server);
        if (e.server == t) {
            assert_int_equal(orphan, e.caller == t ? EP_NONE : e.caller);
            assert_int_equal(after.caller, EP_NONE);
        } else {
            assert_int_equal(orphan, EP_NONE);
            assert_int_equal(after.caller, e.caller == t ? EP_NONE : e.caller);
        }
    }
}

TEST(forgetting_a_thread_removes_it_everywhere_and_nobody_else)
{
    for_each_endpoint(check_forget);
}

static void check_demand(struct endpoint e)
{
    static const uint32_t prio[4] = {3, 7, 1, 5};
    uint32_t highest = e.caller == EP_NONE ? 0 : prio[e.caller];
    uint16_t senders[EP_QUEUE];
    uint32_t count = list(&e.senders, senders);

    for (uint32_t i = 0; i < count; i++)
        highest = prio[senders[i]] > highest ? prio[senders[i]] : highest;
    assert_int_equal(ep_demand(&e, prio), highest);
}

TEST(the_server_is_lent_the_highest_priority_that_waits)
{
    for_each_endpoint(check_demand);
}

TEST(a_new_endpoint_is_empty)
{
    struct endpoint e;

    memset(&e, 0xFF, sizeof(e));
    ep_init(&e);
    assert_int_equal(e.receiver, EP_NONE);
    assert_int_equal(e.server, EP_NONE);
    assert_int_equal(e.caller, EP_NONE);
    assert_int_equal(e.senders.count, 0);
    assert_int_equal(e.senders.head, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(push_appends_or_changes_nothing_when_full),
        cmocka_unit_test(pop_takes_the_oldest_and_keeps_the_order),
        cmocka_unit_test(remove_takes_out_one_thread_and_nobody_else),
        cmocka_unit_test(contains_is_true_exactly_for_members),
        cmocka_unit_test(a_queue_survives_long_use),
        cmocka_unit_test(a_send_means_what_the_endpoint_s_state_says),
        cmocka_unit_test(a_receive_means_what_the_endpoint_s_state_says),
        cmocka_unit_test(nobody_but_the_server_can_reply),
        cmocka_unit_test(a_second_receiver_does_not_replace_the_first),
        cmocka_unit_test(forgetting_a_thread_removes_it_everywhere_and_nobody_else),
        cmocka_unit_test(the_server_is_lent_the_highest_priority_that_waits),
        cmocka_unit_test(a_new_endpoint_is_empty),
    };

    return cmocka_run_group_tests_name("endpoint", tests, NULL, NULL);
}
