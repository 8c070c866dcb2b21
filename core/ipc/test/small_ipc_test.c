/* SPDX-License-Identifier: MIT */
/*
 * Small scope, but all of it, against lists and sets as a person would write them: every sender queue over 3 threads (at every
 * head, threads may repeat) with every operation; every death with two endpoints of 3 threads; every table of two grant slots
 * of 3 tasks with every creation, revocation and death; every table of two interrupt bindings.
 */
#include <support/unit.h>

#include <string.h>

#include <abi/status.h>
#include <config/config.h>
#include <ipc/endpoint.h>
#include <ipc/grant.h>
#include <ipc/irq_binding.h>

#define THREADS 3u

static uint64_t states, steps;

static void begin(void)
{
    states = 0;
    steps = 0;
}

static void say(const char *what)
{
    print_message("small_ipc: %s: %llu states, %llu steps\n", what, (unsigned long long)states, (unsigned long long)steps);
}

struct list {
    uint16_t at[EP_QUEUE + 1];
    uint32_t count;
};

static struct ep_queue queue_of(const struct list *l, uint32_t head)
{
    struct ep_queue q;

    memset(&q, 0xEE, sizeof(q));
    q.head = head;
    q.count = l->count;
    for (uint32_t i = 0; i < l->count; i++)
        q.thread[(head + i) % EP_QUEUE] = l->at[i];
    return q;
}

static void assert_queue(const struct ep_queue *q, const struct list *l)
{
    assert_int_equal(q->count, l->count);
    assert_true(q->head < EP_QUEUE);
    for (uint32_t i = 0; i < l->count; i++)
        assert_int_equal(q->thread[(q->head + i) % EP_QUEUE], l->at[i]);
    steps++;
}

static struct list without(const struct list *l, uint32_t thread)
{
    struct list out = {.count = 0};

    for (uint32_t i = 0; i < l->count; i++)
        if (l->at[i] != thread)
            out.at[out.count++] = l->at[i];
    return out;
}

static void visit_queue(const struct list *l, uint32_t head)
{
    const struct ep_queue before = queue_of(l, head);
    struct ep_queue q = before;
    uint32_t first = 77;
    struct list after = *l;

    states++;
    assert_int_equal(ep_queue_pop(&q, &first), l->count != 0);
    assert_int_equal(first, l->count != 0 ? l->at[0] : 77);
    if (l->count != 0) {
        after.count--;
        memmove(after.at, after.at + 1, after.count * sizeof(after.at[0]));
    }
    assert_queue(&q, &after);
    for (uint16_t t = 0; t <= THREADS; t++) { /* one that is never there, too */
        struct list rest = without(l, t);

        assert_int_equal(ep_queue_contains(before, t), rest.count < l->count);
        q = before;
        assert_int_equal(ep_queue_remove(&q, t), rest.count < l->count);
        assert_queue(&q, &rest);
        q = before;
        after = *l;
        if (l->count < EP_QUEUE)
            after.at[after.count++] = t;
        assert_int_equal(ep_queue_push(&q, t), l->count < EP_QUEUE);
        assert_queue(&q, &after);
    }
}

static void for_each_list(struct list l, bool repeat, void (*visit)(const struct list *l))
{
    visit(&l);
    for (uint16_t t = 0; t < THREADS && l.count < EP_QUEUE; t++) {
        struct list more = l;

        more.at[more.count++] = t;
        if (repeat || without(&l, t).count == l.count)
            for_each_list(more, repeat, visit);
    }
}

static void at_every_head(const struct list *l)
{
    for (uint32_t head = 0; head < EP_QUEUE; head++)
        visit_queue(l, head);
}

TEST(every_operation_on_every_queue_of_3_threads)
{
    begin();
    for_each_list((struct list){.count = 0}, true, at_every_head);
    say("queues");
    assert_int_equal(states, EP_QUEUE * (1 + 3 + 9 + 27 + 81));
}

/* Every endpoint that can be: nobody serves and waits at once, and who is owed a reply is owed it by somebody else. */
static struct endpoint all[1024];
static uint32_t count;

static void add_endpoints(const struct list *l)
{
    static const uint16_t who[] = {0, 1, 2, EP_NONE};

    for (uint32_t code = 0; code < 4 * 4 * 4; code++) {
        struct endpoint e = {.receiver = who[code % 4], .server = who[code / 4 % 4], .caller = who[code / 16]};

        e.senders = queue_of(l, code % EP_QUEUE);
        if (e.receiver != EP_NONE && (e.server != EP_NONE || l->count != 0))
            continue;
        if (e.caller != EP_NONE && (e.server == EP_NONE || e.caller == e.server))
            continue;
        all[count++] = e;
    }
}

static bool names(const struct endpoint *e, uint32_t t)
{
    return e->receiver == t || e->server == t || e->caller == t || ep_queue_contains(e->senders, t);
}

static void assert_forgotten(const struct endpoint *before, const struct endpoint *after, uint32_t t, uint32_t orphan)
{
    struct list l = {.count = before->senders.count};
    bool served = before->server == t;

    for (uint32_t i = 0; i < l.count; i++)
        l.at[i] = before->senders.thread[(before->senders.head + i) % EP_QUEUE];
    l = without(&l, t);
    assert_queue(&after->senders, &l);
    assert_false(names(after, t));
    assert_int_equal(after->receiver, before->receiver == t ? EP_NONE : before->receiver);
    assert_int_equal(after->server, served ? EP_NONE : before->server);
    assert_int_equal(after->caller, served || before->caller == t ? EP_NONE : before->caller);
    assert_int_equal(orphan, served ? before->caller : EP_NONE);
}

TEST(every_death_with_two_endpoints_of_3_threads)
{
    begin();
    count = 0;
    for_each_list((struct list){.count = 0}, false, add_endpoints);
    for (uint32_t a = 0; a < count; a++)
        for (uint32_t b = 0; b < count; b++, states++)
            for (uint16_t t = 0; t < THREADS; t++) {
                struct endpoint table[] = {all[a], all[b], all[a]};
                uint16_t orphan[] = {77, 77, 77};

                ep_forget_all(table, 2, t, orphan);
                assert_forgotten(&all[a], &table[0], t, orphan[0]);
                assert_forgotten(&all[b], &table[1], t, orphan[1]);
                assert_memory_equal(&table[2], &all[a], sizeof(all[a])); /* beyond the table */
                assert_int_equal(orphan[2], 77);
            }
    say("deaths");
    assert_true(states > 10000);
}

/* Slots of 3 tasks: free, shared by two, or left to the owner by a peer that died. */
static const struct grant slot[] = {
    {GRANT_NONE, GRANT_NONE, false}, {0, 1, true}, {0, 2, true}, {1, 0, true}, {1, 2, true}, {2, 0, true}, {2, 1, true},
    {0, GRANT_NONE, false}, {1, GRANT_NONE, false}, {2, GRANT_NONE, false},
};
#define SLOTS (sizeof(slot) / sizeof(slot[0]))

static bool maps(struct grant g, uint32_t task)
{
    return g.owner == task || g.peer == task;
}

static void check_death(struct grant g, uint32_t task)
{
    struct grant_death d = grant_on_death(g, task);

    assert_false(maps(d.next, task));
    for (uint32_t t = 0; t < THREADS; t++) {
        bool lost = maps(g, t) && !maps(d.next, t);

        /* Who loses the page is told, once; the owner's death takes it from all, a peer's only from the peer. */
        assert_int_equal((d.unmap[0] == t) + (d.unmap[1] == t), lost);
        assert_int_equal(lost, maps(g, t) && (g.owner == task || t == task));
    }
    assert_false(d.next.active && (d.next.owner == GRANT_NONE || d.next.peer == GRANT_NONE));
    if (!maps(g, task))
        assert_true(d.next.owner == g.owner && d.next.peer == g.peer && d.next.active == g.active);
    steps++;
}

static void check_create(const struct grant *table, uint64_t id, uint32_t me, uint64_t peer, bool alive)
{
    bool room = id < CONFIG_GRANTS && !table[id].active && (!maps(table[id], (me + 1) % 3) && !maps(table[id], (me + 2) % 3));
    status_t expected = STATUS_OK;

    if (!alive || peer >= CONFIG_TASKS)
        expected = ERR_GRANT_BAD_PEER;
    if (peer == me)
        expected = ERR_GRANT_SELF;
    if (!room)
        expected = id < CONFIG_GRANTS ? ERR_GRANT_ACTIVE : ERR_GRANT_BAD_ID;
    assert_int_equal(grant_create_check(table, id, me, peer, alive), expected);
    steps++;
}

static void check_revoke(const struct grant *table, uint64_t id, uint32_t me)
{
    status_t expected = ERR_GRANT_BAD_ID;

    if (id < CONFIG_GRANTS)
        expected = table[id].owner == GRANT_NONE || table[id].owner == me ? STATUS_OK : ERR_GRANT_NOT_OWNER;
    assert_int_equal(grant_revoke_check(table, id, me), expected);
    steps++;
}

TEST(every_creation_revocation_and_death_with_two_grants_of_3_tasks)
{
    static const uint64_t ids[] = {0, 1, CONFIG_GRANTS, CONFIG_GRANTS + 1, UINT64_C(1) << 32, UINT64_MAX};
    static const uint64_t peers[] = {0, 1, 2, CONFIG_TASKS, GRANT_NONE, UINT64_C(1) << 32, UINT64_MAX};

    begin();
    for (uint32_t code = 0; code < SLOTS * SLOTS; code++, states++) {
        struct grant table[CONFIG_GRANTS];

        for (uint32_t i = 0; i < CONFIG_GRANTS; i++)
            table[i] = slot[i == 0 ? code % SLOTS : i == 1 ? code / SLOTS : 0];
        for (uint32_t me = 0; me < THREADS; me++) {
            check_death(table[0], me);
            for (uint32_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
                check_revoke(table, ids[i], me);
                for (uint32_t p = 0; p < sizeof(peers) / sizeof(peers[0]); p++)
                    for (uint32_t alive = 0; alive < 2; alive++)
                        check_create(table, ids[i], me, peers[p], alive);
            }
        }
    }
    say("grants");
    assert_int_equal(states, 100);
}

/* One binding: task and line of `code`, or none; a free slot keeps what it was. */
static struct irq_binding binding(uint32_t code)
{
    return (struct irq_binding){.bits = 1, .irq = 40 + code % 3, .task = (uint16_t)(code / 3 % 3), .active = code < 9};
}

/* The table's first active binding of `irq`, by a search from the end. */
static uint32_t bound_at(const struct irq_binding *table, uint64_t irq)
{
    uint32_t found = IRQ_SLOT_NONE;

    for (uint32_t i = CONFIG_IRQ_BINDINGS; i > 0; i--)
        found = table[i - 1].active && table[i - 1].irq == irq ? i - 1 : found;
    return found;
}

static void check_irq(const struct irq_binding *table, uint64_t irq, bool full)
{
    uint32_t at = bound_at(table, irq), free = 0, got = 77;

    while (free < CONFIG_IRQ_BINDINGS && table[free].active)
        free++;
    assert_int_equal(irq_binding_find(table, irq), at);
    assert_int_equal(irq_bind_check(table, irq, 0, true, &got), ERR_IRQ_INVALID);
    assert_int_equal(irq_bind_check(table, irq, 1, false, &got), ERR_IRQ_INVALID);
    assert_int_equal(irq_bind_check(table, irq, 1, true, &got),
                     at != IRQ_SLOT_NONE ? ERR_IRQ_BOUND : full ? ERR_IRQ_FULL : STATUS_OK);
    assert_int_equal(got, at == IRQ_SLOT_NONE && !full ? free : 77);
    for (uint32_t task = 0; task < THREADS; task++, steps++) {
        status_t expected = at == IRQ_SLOT_NONE        ? ERR_IRQ_NOT_BOUND
                            : table[at].task == task ? STATUS_OK
                                                     : ERR_IRQ_NOT_OWNER;

        assert_int_equal(irq_ack_check(table, irq, task, &got), expected);
        if (expected == STATUS_OK)
            assert_int_equal(got, at);
    }
}

/* What the dead task had bound is gone and told; all else is as it was. */
static void check_irq_death(const struct irq_binding *table, uint32_t task)
{
    struct irq_binding after[CONFIG_IRQ_BINDINGS];
    uint32_t line[CONFIG_IRQ_BINDINGS];

    memcpy(after, table, sizeof(after));
    irq_forget_all(after, task, line);
    for (uint32_t i = 0; i < CONFIG_IRQ_BINDINGS; i++) {
        bool own = table[i].active && table[i].task == task;

        assert_int_equal(line[i], own ? table[i].irq : IRQ_LINE_NONE);
        assert_int_equal(after[i].active, table[i].active && !own);
        if (!own)
            assert_memory_equal(&after[i], &table[i], sizeof(after[i]));
    }
    steps++;
}

TEST(every_table_of_two_bindings_and_every_place)
{
    static const uint64_t lines[] = {40, 41, 42, 43, 40 + (UINT64_C(1) << 32)};

    begin();
    for (uint32_t code = 0; code < 18 * 18; code++)
        for (uint32_t place = 0; place + 1 < CONFIG_IRQ_BINDINGS; place++)
            for (uint32_t full = 0; full < 2; full++, states++) {
                struct irq_binding table[CONFIG_IRQ_BINDINGS];
                bool all_taken = full && code % 18 < 9 && code / 18 < 9;

                for (uint32_t i = 0; i < CONFIG_IRQ_BINDINGS; i++)
                    table[i] = (struct irq_binding){.bits = 1, .irq = 60 + i, .active = full};
                table[place] = binding(code % 18);
                table[place + 1] = binding(code / 18);
                for (uint32_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
                    check_irq(table, lines[i], all_taken);
                for (uint32_t task = 0; task <= THREADS; task++)
                    check_irq_death(table, task);
            }
    say("interrupts");
    assert_int_equal(states, 18 * 18 * 2 * (CONFIG_IRQ_BINDINGS - 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operation_on_every_queue_of_3_threads),
        cmocka_unit_test(every_death_with_two_endpoints_of_3_threads),
        cmocka_unit_test(every_creation_revocation_and_death_with_two_grants_of_3_tasks),
        cmocka_unit_test(every_table_of_two_bindings_and_every_place),
    };

    return cmocka_run_group_tests_name("small_ipc", tests, NULL, NULL);
}
