/* SPDX-License-Identifier: MIT */
/* The rules of grants and interrupt bindings as pure functions, over every small table. */
#include <support/random.h>
#include <support/unit.h>

#include <string.h>

#include <config/config.h>
#include <ipc/grant.h>
#include <ipc/irq_binding.h>

static const uint16_t parties[] = {GRANT_NONE, 0, 1, 2};

/* Every sound slot: free, or owned, or owned with a peer (active or after the peer's death). */
static void for_each_grant(void (*check)(struct grant g))
{
    uint32_t seen = 0;

    for (uint32_t o = 0; o < 4; o++)
        for (uint32_t p = 0; p < 4; p++) {
            struct grant g = {.owner = parties[o], .peer = parties[p], .active = p != 0};

            if ((o == 0 && p != 0) || (o == p && o != 0))
                continue;
            check(g);
            seen++;
        }
    assert_int_equal(seen, 1 + 3 + 6);
}

static status_t expected_create(struct grant g, uint64_t id, uint32_t me, uint64_t peer, bool alive)
{
    if (id >= CONFIG_GRANTS)
        return ERR_GRANT_BAD_ID;
    if (g.owner != GRANT_NONE && (g.owner != me || g.peer != GRANT_NONE))
        return ERR_GRANT_ACTIVE;
    if (peer == me)
        return ERR_GRANT_SELF;
    return peer < CONFIG_TASKS && alive ? STATUS_OK : ERR_GRANT_BAD_PEER;
}

static void check_create(struct grant g)
{
    static const uint64_t peers[] = {0, 1, 2, CONFIG_TASKS - 1, CONFIG_TASKS, 0xFFFF, 0x100000000ull, ~0ull};
    static const uint64_t beyond[] = {CONFIG_GRANTS, CONFIG_GRANTS + 1, 255, 0x100000000ull, ~0ull};
    struct grant table[CONFIG_GRANTS];

    for (uint64_t id = 0; id < CONFIG_GRANTS; id++)
        for (uint32_t me = 0; me < 3; me++)
            for (uint32_t p = 0; p < sizeof(peers) / sizeof(peers[0]); p++)
                for (uint32_t alive = 0; alive < 2; alive++) {
                    for (uint32_t i = 0; i < CONFIG_GRANTS; i++) /* the other slots are full and do not matter */
                        table[i] = (struct grant){.owner = 7, .peer = 6, .active = true};
                    table[id] = g;
                    assert_status(grant_create_check(table, id, me, peers[p], alive),
                                  expected_create(g, id, me, peers[p], alive));
                }
    for (uint32_t i = 0; i < sizeof(beyond) / sizeof(beyond[0]); i++)
        assert_status(grant_create_check(table, beyond[i], 0, 1, true), ERR_GRANT_BAD_ID);
}

TEST(a_grant_may_be_created_exactly_when_the_rules_say)
{
    for_each_grant(check_create);
}

static void check_revoke(struct grant g)
{
    struct grant table[CONFIG_GRANTS];

    for (uint64_t id = 0; id < CONFIG_GRANTS; id++)
        for (uint32_t me = 0; me < 3; me++) {
            memset(table, 0xEE, sizeof(table));
            table[id] = g;
            assert_status(grant_revoke_check(table, id, me),
                          g.owner == GRANT_NONE || g.owner == me ? STATUS_OK : ERR_GRANT_NOT_OWNER);
        }
    assert_status(grant_revoke_check(table, CONFIG_GRANTS, 0), ERR_GRANT_BAD_ID);
    assert_status(grant_revoke_check(table, ~0ull, 0), ERR_GRANT_BAD_ID);
}

TEST(only_the_owner_may_revoke_and_a_free_slot_is_no_error)
{
    for_each_grant(check_revoke);
}

static bool unmaps(struct grant_death d, uint32_t task)
{
    return task != GRANT_NONE && (d.unmap[0] == task || d.unmap[1] == task);
}

/* No task maps a page that the slot does not name afterwards, and nobody loses more than the rules say. */
static void check_death(struct grant g)
{
    for (uint32_t task = 0; task < 3; task++) {
        struct grant_death d = grant_on_death(g, task);

        for (uint32_t t = 0; t < 3; t++) {
            bool mapped = g.owner == t || g.peer == t;
            bool named = d.next.owner == t || d.next.peer == t;

            assert_int_equal(mapped && !unmaps(d, t), named);
            assert_false(unmaps(d, t) && !mapped);
        }
        assert_false(d.next.owner == task || d.next.peer == task);
        if (g.owner == task)
            assert_int_equal(d.next.owner, GRANT_NONE);
        else
            assert_int_equal(d.next.owner, g.owner);
        assert_int_equal(d.next.active, d.next.peer != GRANT_NONE);
        if (g.owner != task && g.peer != task)
            assert_memory_equal(&d.next, &g, sizeof(g));
    }
}

TEST(after_a_death_no_page_is_mapped_by_a_task_that_the_slot_does_not_name)
{
    for_each_grant(check_death);
}

TEST(the_owner_s_death_frees_the_slot)
{
    struct grant_death d = grant_on_death((struct grant){.owner = 1, .peer = 2, .active = true}, 1);

    assert_int_equal(d.next.owner, GRANT_NONE);
    assert_int_equal(d.next.peer, GRANT_NONE);
    assert_false(d.next.active);
    assert_true(unmaps(d, 1) && unmaps(d, 2));
}

TEST(the_peer_s_death_leaves_the_owner_its_page)
{
    struct grant_death d = grant_on_death((struct grant){.owner = 1, .peer = 2, .active = true}, 2);

    assert_int_equal(d.next.owner, 1);
    assert_int_equal(d.next.peer, GRANT_NONE);
    assert_false(d.next.active);
    assert_true(unmaps(d, 2));
    assert_false(unmaps(d, 1));
}

static struct irq_binding table[CONFIG_IRQ_BINDINGS];

static int setup_irqs(void **state)
{
    (void)state;
    memset(table, 0, sizeof(table));
    return 0;
}

static void bind(uint32_t slot, uint32_t irq, uint16_t task)
{
    table[slot] = (struct irq_binding){.bits = 1, .irq = irq, .task = task, .active = true};
}

static uint32_t bound_to(uint64_t irq, uint64_t bits)
{
    uint32_t slot = 99;

    assert_ok(irq_bind_check(table, irq, bits, true, &slot));
    return slot;
}

TEST(no_binding_is_found_in_an_empty_table)
{
    for (uint64_t irq = 0; irq < 100; irq++)
        assert_int_equal(irq_binding_find(table, irq), IRQ_SLOT_NONE);
}

TEST(a_binding_is_found_in_every_slot)
{
    for (uint32_t i = 0; i < CONFIG_IRQ_BINDINGS; i++)
        bind(i, 40 + i, 0);
    for (uint32_t i = 0; i < CONFIG_IRQ_BINDINGS; i++)
        assert_int_equal(irq_binding_find(table, 40 + i), i);
    assert_int_equal(irq_binding_find(table, 40 + CONFIG_IRQ_BINDINGS), IRQ_SLOT_NONE);
}

TEST(a_released_binding_is_not_found)
{
    bind(2, 33, 0);
    table[2].active = false;
    assert_int_equal(irq_binding_find(table, 33), IRQ_SLOT_NONE);
}

TEST(an_interrupt_number_is_compared_in_full)
{
    bind(0, 33, 0);
    assert_int_equal(irq_binding_find(table, 33 + 0x100000000ull), IRQ_SLOT_NONE);
}

TEST(a_bind_takes_the_first_free_slot)
{
    assert_int_equal(bound_to(33, 1), 0);
    bind(0, 33, 0);
    bind(1, 34, 0);
    bind(3, 35, 0);
    assert_int_equal(bound_to(36, 1), 2);
}

TEST(a_bind_needs_an_interrupt_that_exists)
{
    uint32_t slot;

    assert_status(irq_bind_check(table, 33, 1, false, &slot), ERR_IRQ_INVALID);
}

TEST(a_bind_needs_a_notification_bit)
{
    uint32_t slot;

    assert_status(irq_bind_check(table, 33, 0, true, &slot), ERR_IRQ_INVALID);
    assert_int_equal(bound_to(33, 1ull << 63), 0);
}

TEST(an_interrupt_is_bound_once)
{
    uint32_t slot;

    bind(4, 33, 0);
    assert_status(irq_bind_check(table, 33, 1, true, &slot), ERR_IRQ_BOUND);
}

TEST(a_full_table_refuses_and_says_bound_first)
{
    uint32_t slot;

    for (uint32_t i = 0; i < CONFIG_IRQ_BINDINGS; i++)
        bind(i, 40 + i, 0);
    assert_status(irq_bind_check(table, 33, 1, true, &slot), ERR_IRQ_FULL);
    assert_status(irq_bind_check(table, 40, 1, true, &slot), ERR_IRQ_BOUND);
}

TEST(only_a_bound_interrupt_can_be_acknowledged)
{
    uint32_t slot;

    bind(1, 33, 0);
    assert_status(irq_ack_check(table, 34, 0, &slot), ERR_IRQ_NOT_BOUND);
    assert_status(irq_ack_check(table, ~0ull, 0, &slot), ERR_IRQ_NOT_BOUND);
}

TEST(only_its_task_can_acknowledge_an_interrupt)
{
    uint32_t slot = 99;

    bind(1, 33, 5);
    assert_status(irq_ack_check(table, 33, 4, &slot), ERR_IRQ_NOT_OWNER);
    assert_ok(irq_ack_check(table, 33, 5, &slot));
    assert_int_equal(slot, 1);
}

TEST(random_histories_never_bind_an_interrupt_twice)
{
    struct test_random random = {.state = 5};

    for (uint32_t step = 0; step < 20000; step++) {
        uint32_t irq = 32 + test_random_below(&random, 12);
        uint32_t slot = 0;
        uint32_t seen = 0;

        if (irq_bind_check(table, irq, 1, true, &slot) == STATUS_OK) {
            assert_false(table[slot].active);
            bind(slot, irq, (uint16_t)(step % 3));
        } else if (test_random_below(&random, 2) == 0) {
            table[test_random_below(&random, CONFIG_IRQ_BINDINGS)].active = false;
        }
        for (uint32_t i = 0; i < CONFIG_IRQ_BINDINGS; i++)
            seen += table[i].active && table[i].irq == irq;
        assert_true(seen <= 1);
    }
}

TEST(what_lies_behind_the_table_is_no_binding)
{
    struct irq_binding more[CONFIG_IRQ_BINDINGS + 1] = {[CONFIG_IRQ_BINDINGS] = {.irq = 77, .active = true}};

    assert_int_equal(irq_binding_find(more, 77), IRQ_SLOT_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_grant_may_be_created_exactly_when_the_rules_say),
        cmocka_unit_test(only_the_owner_may_revoke_and_a_free_slot_is_no_error),
        cmocka_unit_test(after_a_death_no_page_is_mapped_by_a_task_that_the_slot_does_not_name),
        cmocka_unit_test(the_owner_s_death_frees_the_slot),
        cmocka_unit_test(the_peer_s_death_leaves_the_owner_its_page),
        cmocka_unit_test_setup(no_binding_is_found_in_an_empty_table, setup_irqs),
        cmocka_unit_test_setup(a_binding_is_found_in_every_slot, setup_irqs),
        cmocka_unit_test_setup(a_released_binding_is_not_found, setup_irqs),
        cmocka_unit_test_setup(an_interrupt_number_is_compared_in_full, setup_irqs),
        cmocka_unit_test_setup(a_bind_takes_the_first_free_slot, setup_irqs),
        cmocka_unit_test_setup(a_bind_needs_an_interrupt_that_exists, setup_irqs),
        cmocka_unit_test_setup(a_bind_needs_a_notification_bit, setup_irqs),
        cmocka_unit_test_setup(an_interrupt_is_bound_once, setup_irqs),
        cmocka_unit_test_setup(a_full_table_refuses_and_says_bound_first, setup_irqs),
        cmocka_unit_test_setup(only_a_bound_interrupt_can_be_acknowledged, setup_irqs),
        cmocka_unit_test_setup(only_its_task_can_acknowledge_an_interrupt, setup_irqs),
        cmocka_unit_test_setup(random_histories_never_bind_an_interrupt_twice, setup_irqs),
        cmocka_unit_test_setup(what_lies_behind_the_table_is_no_binding, setup_irqs),
    };

    return cmocka_run_group_tests_name("ipc_rules", tests, NULL, NULL);
}
