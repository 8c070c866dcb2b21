/* SPDX-License-Identifier: MIT */
/* The invariants of communication: each is reported, by its sentence, when its state is damaged; and the state's hash. */
#include <support/unit.h>

#include <ipc/ipc.h>
#include <mm/frame.h>
#include <sched/sched.h>

#include "../ipc_priv.h"

static struct ipc_state *s;

/* Tasks 0 to 3 live; 0 serves endpoint 0 for 1, and 2 is queued there; 3 receives on endpoint 1. */
static int setup(void **state)
{
    struct boot_mmap_entry map[4];
    uint32_t count = 4;

    unit_setup(state);
    sched_init();
    s = ipc_state();
    if (arch_parse_memory_map(null_boot_info(), map, &count) != STATUS_OK || frame_init(map, count) != STATUS_OK ||
        ipc_init() != STATUS_OK)
        return -1;
    for (uint32_t i = 0; i < 4; i++) {
        ipc_attach(i, 4, 1u << i);
        ipc_start(i);
    }
    s->ep[0].server = 0;
    s->ep[0].caller = 1;
    s->thread[1].endpoint = 0;
    s->thread[2].endpoint = 0;
    s->ep[1].receiver = 3;
    return ep_queue_push(&s->ep[0].senders, 2) ? 0 : -1;
}

static void assert_broken(const char *sentence)
{
    const char *broken = ipc_check_module.check();

    assert_string_equal(broken ? broken : "nothing", sentence);
    assert_false(spin_held(&s->lock));
}

static uint64_t hash(void)
{
    struct hash h;

    hash_init(&h, 0);
    ipc_check_module.hash(&h);
    return hash_final(&h);
}

TEST(a_sound_state_is_sound)
{
    assert_null(ipc_check_module.check());
    assert_string_equal(ipc_check_module.name, "ipc");
}

TEST(a_sleeper_whom_nobody_will_wake_is_found)
{
    thread_get(3)->state = THREAD_BLOCKED; /* receives */
    thread_get(2)->state = THREAD_BLOCKED; /* is queued */
    assert_null(ipc_check_module.check());
    thread_get(0)->state = THREAD_BLOCKED;
    assert_broken("a task sleeps and waits for nothing");
    s->thread[0].notify_wait = true;
    assert_null(ipc_check_module.check());
    s->thread[0].pending = 1;
    assert_broken("a task waits for a notification that it has");
}

TEST(a_queue_head_out_of_range_is_found)
{
    s->ep[3].senders.head = EP_QUEUE;
    assert_broken("a sender queue is damaged");
}

TEST(a_queue_that_is_too_long_is_found)
{
    s->ep[3].senders.count = EP_QUEUE + 1;
    assert_broken("a sender queue is damaged");
}

TEST(a_receiver_beside_queued_messages_is_found)
{
    s->ep[0].server = EP_NONE;
    s->ep[0].caller = EP_NONE;
    s->ep[0].receiver = 0;
    assert_broken("a receiver waits although messages are queued");
}

TEST(a_receiver_beside_a_server_is_found)
{
    s->ep[1].server = 2;
    assert_broken("an endpoint has a receiver and a server");
}

TEST(a_caller_without_a_server_is_found)
{
    s->ep[0].server = EP_NONE;
    assert_broken("a caller is owed a reply by nobody");
}

TEST(a_server_that_serves_itself_is_found)
{
    s->ep[0].caller = 0;
    s->thread[0].endpoint = 0;
    assert_broken("a caller does not wait for its reply");
}

TEST(a_caller_that_does_not_wait_is_found)
{
    s->thread[1].endpoint = EP_NONE;
    assert_broken("a caller does not wait for its reply");
}

TEST(a_queued_sender_that_waits_elsewhere_is_found)
{
    s->thread[2].endpoint = 3;
    assert_broken("a queued sender does not wait there");
}

TEST(a_dead_queued_sender_is_found)
{
    s->thread[2].alive = false;
    assert_broken("a queued sender does not wait there");
}

TEST(a_queued_sender_that_does_not_exist_is_found)
{
    s->ep[0].senders.thread[s->ep[0].senders.head] = CONFIG_TASKS;
    assert_broken("a queued sender does not wait there");
}

TEST(a_task_that_waits_without_being_queued_is_found)
{
    s->thread[3].endpoint = 2;
    assert_broken("a task waits where nobody knows of it");
}

TEST(a_task_that_waits_nowhere_is_found)
{
    s->thread[3].endpoint = CONFIG_ENDPOINTS;
    assert_broken("a task waits where nobody knows of it");
}

TEST(an_active_grant_without_its_peer_is_found)
{
    s->grant[1] = (struct grant){.owner = 0, .peer = GRANT_NONE, .active = true};
    assert_broken("an active grant lacks a party");
}

TEST(a_grant_to_oneself_is_found)
{
    s->grant[1] = (struct grant){.owner = 0, .peer = 0, .active = true};
    assert_broken("an active grant lacks a party");
}

TEST(a_free_grant_with_a_peer_is_found)
{
    s->grant[1].peer = 0;
    assert_broken("a free grant has a peer");
}

TEST(a_dead_owner_of_a_grant_is_found)
{
    s->grant[1] = (struct grant){.owner = 5, .peer = 0, .active = true};
    assert_broken("a dead task owns a grant");
}

TEST(a_dead_peer_of_a_grant_is_found)
{
    s->grant[1] = (struct grant){.owner = 0, .peer = 5, .active = true};
    assert_broken("a dead task is peer of a grant");
}

TEST(a_binding_of_a_dead_task_is_found)
{
    s->irq[1] = (struct irq_binding){.bits = 1, .irq = 33, .task = 5, .active = true};
    assert_broken("a dead task has an interrupt bound");
}

TEST(an_interrupt_bound_twice_is_found)
{
    s->irq[1] = (struct irq_binding){.bits = 1, .irq = 33, .task = 0, .active = true};
    s->irq[4] = (struct irq_binding){.bits = 1, .irq = 33, .task = 1, .active = true};
    assert_broken("an interrupt is bound twice");
}

TEST(a_loan_that_is_missing_is_found)
{
    s->prio[1] = 6;
    s->base[1] = 6;
    assert_broken("a priority is not what its waiters lend");
}

TEST(a_loan_that_has_ended_is_found)
{
    s->prio[0] = 6;
    assert_broken("a priority is not what its waiters lend");
}

TEST(a_wrong_count_of_receivers_is_found)
{
    s->receivers[2]++;
    assert_broken("a count of possible receivers is wrong");
}

TEST(the_hash_is_a_function_of_the_state)
{
    uint64_t before = hash();
    assert_int_equal(hash(), before);
    s->ep[2].receiver = 1;
    assert_int_not_equal(hash(), before);
    s->ep[2].receiver = EP_NONE;
    assert_int_equal(hash(), before);
}

TEST(queues_bits_grants_and_bindings_count_in_the_hash)
{
    uint64_t seen[5];

    seen[0] = hash();
    s->ep[0].senders.thread[s->ep[0].senders.head] = 3;
    seen[1] = hash();
    s->thread[1].pending = 1;
    seen[2] = hash();
    s->grant[0].owner = 1;
    seen[3] = hash();
    s->irq[0].active = true;
    seen[4] = hash();
    for (uint32_t i = 1; i < 5; i++)
        assert_int_not_equal(seen[i], seen[i - 1]);
}

TEST(waits_and_priorities_count_in_the_hash)
{
    uint64_t before = hash();
    s->thread[3].endpoint = 2;
    uint64_t waiting = hash();
    assert_int_not_equal(waiting, before);
    s->prio[3]++;
    assert_int_not_equal(hash(), waiting);
}

TEST(remains_of_a_released_binding_do_not_count_in_the_hash)
{
    uint64_t before = hash();
    s->irq[2] = (struct irq_binding){.bits = 7, .irq = 40, .task = 3, .active = false};
    assert_int_equal(hash(), before);
    s->irq[2].active = true;
    assert_int_not_equal(hash(), before);
}

TEST(the_second_of_two_queued_senders_is_looked_at_too)
{
    assert_true(ep_queue_push(&s->ep[0].senders, 3));
    assert_broken("a queued sender does not wait there");
}

TEST(task_0_waiting_without_being_queued_is_found)
{
    s->thread[0].endpoint = 2;
    assert_broken("a task waits where nobody knows of it");
}

TEST(who_does_not_exist_waits_nowhere)
{
    s->thread[CONFIG_TASKS - 1].endpoint = 2;
    assert_null(ipc_check_module.check());
}

TEST(an_active_grant_without_its_owner_is_found)
{
    s->grant[0] = (struct grant){.owner = GRANT_NONE, .peer = 0, .active = true};
    assert_broken("an active grant lacks a party");
}

TEST(a_binding_of_a_dead_task_is_found_in_the_first_slot)
{
    s->irq[0] = (struct irq_binding){.bits = 1, .irq = 33, .task = 5, .active = true};
    assert_broken("a dead task has an interrupt bound");
}

TEST(a_wrong_count_of_receivers_is_found_on_the_first_endpoint)
{
    s->receivers[0]--;
    assert_broken("a count of possible receivers is wrong");
}

TEST(a_task_lives_from_the_moment_it_is_known)
{
    assert_status(ipc_notify(4, 1), ERR_BAD_TARGET);
    ipc_attach(4, 4, 0);
    assert_ok(ipc_notify(4, 1));
}

TEST(a_sender_that_dies_where_nobody_serves_leaves_nothing_behind)
{
    s->thread[1].endpoint = EP_NONE;
    ep_init(&s->ep[0]);
    s->ep[2].senders = (struct ep_queue){.count = 1, .thread = {2}};
    s->thread[2].endpoint = 2;
    ipc_cleanup(2, false);
    assert_int_equal(s->ep[2].senders.count, 0);
    assert_null(ipc_check_module.check());
}

TEST(the_hash_is_made_of_exactly_these_words)
{
    struct hash want;
    const uint64_t endpoints[] = {0xFFFF00000001, 2, 9, 0x3FFFFFFFF, 0xFFFFFFFFFFFF, 0xFFFFFFFFFFFF};
    const uint64_t threads[] = {0x11, 0xFFFF00000401, 0, 0x401, 0, 0x401, 0, 0xFFFF00000401};

    s->ep[0].senders = (struct ep_queue){.head = EP_QUEUE - 1, .count = 2, .thread = {[EP_QUEUE - 1] = 2, [0] = 9}};
    s->thread[0].pending = 0x11;
    s->grant[1] = (struct grant){.owner = 2, .peer = 3, .active = true};
    s->irq[1] = (struct irq_binding){.bits = 1, .irq = 33, .task = 3, .active = true, .pending_ack = true};
    hash_init(&want, 0);
    for (uint32_t i = 0; i < 6; i++)
        hash_u64(&want, endpoints[i]);
    for (uint32_t i = 0; i < 2 * CONFIG_TASKS; i++)
        hash_u64(&want, i < 8 ? threads[i] : i % 2 == 0 ? 0 : 0xFFFF00000000);
    for (uint32_t i = 0; i < CONFIG_GRANTS; i++)
        hash_u64(&want, i == 1 ? 0x200030001 : 0xFFFFFFFF0000);
    hash_u64(&want, 0x2100000301);
    assert_int_equal(hash(), hash_final(&want));
}

TEST(what_is_left_at_the_end_is_named)
{
    static const char in_use[] = "an endpoint has a queue entry, a receiver or a server";

    assert_string_equal(ipc_check_module.leak(), in_use);
    for (uint32_t i = 0; i < CONFIG_ENDPOINTS; i++)
        ep_init(&s->ep[i]);
    assert_null(ipc_check_module.leak());
    s->ep[0].server = 1;
    assert_string_equal(ipc_check_module.leak(), in_use);
    ep_init(&s->ep[0]);
    s->ep[CONFIG_ENDPOINTS - 1].receiver = 1;
    assert_string_equal(ipc_check_module.leak(), in_use);
    ep_init(&s->ep[CONFIG_ENDPOINTS - 1]);
    s->ep[1].senders.count = 1;
    assert_string_equal(ipc_check_module.leak(), in_use);
    ep_init(&s->ep[1]);
    s->grant[0].owner = 1;
    assert_string_equal(ipc_check_module.leak(), "a grant is in use");
    s->grant[0].owner = GRANT_NONE;
    s->irq[0].active = true;
    assert_string_equal(ipc_check_module.leak(), "an interrupt is bound");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_sound_state_is_sound, setup),
        cmocka_unit_test_setup(a_queue_head_out_of_range_is_found, setup),
        cmocka_unit_test_setup(a_queue_that_is_too_long_is_found, setup),
        cmocka_unit_test_setup(a_receiver_beside_queued_messages_is_found, setup),
        cmocka_unit_test_setup(a_receiver_beside_a_server_is_found, setup),
        cmocka_unit_test_setup(a_caller_without_a_server_is_found, setup),
        cmocka_unit_test_setup(a_server_that_serves_itself_is_found, setup),
        cmocka_unit_test_setup(a_caller_that_does_not_wait_is_found, setup),
        cmocka_unit_test_setup(a_queued_sender_that_waits_elsewhere_is_found, setup),
        cmocka_unit_test_setup(a_dead_queued_sender_is_found, setup),
        cmocka_unit_test_setup(a_queued_sender_that_does_not_exist_is_found, setup),
        cmocka_unit_test_setup(a_task_that_waits_without_being_queued_is_found, setup),
        cmocka_unit_test_setup(a_task_that_waits_nowhere_is_found, setup),
        cmocka_unit_test_setup(a_sleeper_whom_nobody_will_wake_is_found, setup),
        cmocka_unit_test_setup(an_active_grant_without_its_peer_is_found, setup),
        cmocka_unit_test_setup(a_grant_to_oneself_is_found, setup),
        cmocka_unit_test_setup(a_free_grant_with_a_peer_is_found, setup),
        cmocka_unit_test_setup(a_dead_owner_of_a_grant_is_found, setup),
        cmocka_unit_test_setup(a_dead_peer_of_a_grant_is_found, setup),
        cmocka_unit_test_setup(a_binding_of_a_dead_task_is_found, setup),
        cmocka_unit_test_setup(an_interrupt_bound_twice_is_found, setup),
        cmocka_unit_test_setup(a_loan_that_is_missing_is_found, setup),
        cmocka_unit_test_setup(a_loan_that_has_ended_is_found, setup),
        cmocka_unit_test_setup(a_wrong_count_of_receivers_is_found, setup),
        cmocka_unit_test_setup(the_hash_is_a_function_of_the_state, setup),
        cmocka_unit_test_setup(queues_bits_grants_and_bindings_count_in_the_hash, setup),
        cmocka_unit_test_setup(waits_and_priorities_count_in_the_hash, setup),
        cmocka_unit_test_setup(remains_of_a_released_binding_do_not_count_in_the_hash, setup),
        cmocka_unit_test_setup(the_second_of_two_queued_senders_is_looked_at_too, setup),
        cmocka_unit_test_setup(task_0_waiting_without_being_queued_is_found, setup),
        cmocka_unit_test_setup(who_does_not_exist_waits_nowhere, setup),
        cmocka_unit_test_setup(an_active_grant_without_its_owner_is_found, setup),
        cmocka_unit_test_setup(a_binding_of_a_dead_task_is_found_in_the_first_slot, setup),
        cmocka_unit_test_setup(a_wrong_count_of_receivers_is_found_on_the_first_endpoint, setup),
        cmocka_unit_test_setup(a_task_lives_from_the_moment_it_is_known, setup),
        cmocka_unit_test_setup(a_sender_that_dies_where_nobody_serves_leaves_nothing_behind, setup),
        cmocka_unit_test_setup(the_hash_is_made_of_exactly_these_words, setup),
        cmocka_unit_test_setup(what_is_left_at_the_end_is_named, setup),
    };

    return cmocka_run_group_tests_name("ipc_check", tests, NULL, NULL);
}
