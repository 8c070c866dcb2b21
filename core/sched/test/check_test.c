/* SPDX-License-Identifier: MIT */
/* The scheduler's invariants: each is reported, by its sentence, when its state is damaged; and the state's hash. */
#include <support/unit.h>

#include <sched/check.h>

#include "../sched_priv.h"

static struct sched_state *s;

static void never_entered(void *arg)
{
    (void)arg;
}

/* Three ready threads on a started CPU: 0 and 1 at level 4, 2 at level 6. */
static int setup(void **state)
{
    static const uint32_t prio[] = {4, 4, 6};

    unit_setup(state);
    sched_init();
    s = sched_state();
    s->cpu[0].online = 1;
    for (uint32_t i = 0; i < 3; i++) {
        const struct thread_config config = {.name = "t", .prio = prio[i], .entry = never_entered};

        if (thread_create(i, &config) != STATUS_OK)
            return -1;
    }
    return 0;
}

static void assert_broken(const char *sentence)
{
    const char *broken = sched_check_module.check();

    assert_string_equal(broken ? broken : "nothing", sentence);
    assert_false(spin_held(&s->lock));
}

static void assert_sound(void)
{
    assert_null(sched_check_module.check());
}

static uint64_t hash(void)
{
    struct hash h;

    hash_init(&h, 0);
    sched_check_module.hash(&h);
    return hash_final(&h);
}

TEST(a_sound_scheduler_is_sound)
{
    assert_sound();
    assert_string_equal(sched_check_module.name, "sched");
}

TEST(a_link_out_of_range_is_found)
{
    s->links[0].next = CONFIG_TASKS;
    assert_broken("a level of the run queue is damaged");
}

TEST(a_circle_is_found)
{
    s->links[1].next = 0;
    assert_broken("a level of the run queue is damaged");
}

TEST(a_wrong_back_link_is_found)
{
    s->links[1].prev = 2;
    assert_broken("a level of the run queue is damaged");
}

TEST(a_queued_thread_marked_as_free_is_found)
{
    s->links[1].linked = 0;
    assert_broken("a level of the run queue is damaged");
}

TEST(a_wrong_tail_is_found)
{
    s->runq.level[4].tail = 0;
    assert_broken("a level of the run queue is damaged");
}

TEST(a_thread_that_is_not_ready_in_the_run_queue_is_found)
{
    s->thread[1].state = THREAD_BLOCKED;
    assert_broken("a level of the run queue is damaged");
}

TEST(a_level_without_its_bit_is_found)
{
    s->runq.levels &= ~(1u << 4);
    assert_broken("the level bitmap disagrees with the levels");
}

TEST(a_bit_without_its_level_is_found)
{
    s->runq.levels |= 1u << 2;
    assert_broken("the level bitmap disagrees with the levels");
}

TEST(a_thread_in_the_wrong_level_is_found)
{
    s->thread[0].prio = 5;
    assert_broken("a ready thread is in another level than its priority");
}

TEST(a_damaged_queue_of_exhausted_threads_is_found)
{
    s->exhausted.head = 5; /* not ready */
    assert_broken("the queue of exhausted threads is damaged");
}

TEST(a_damaged_queue_of_restarting_threads_is_found)
{
    s->restarting.head = 5; /* not faulted */
    assert_broken("the queue of restarting threads is damaged");
}

TEST(a_link_without_a_queue_is_found)
{
    s->links[6].linked = 1;
    assert_broken("a linked thread is in no queue");
}

TEST(a_ready_thread_in_no_queue_is_found)
{
    s->thread[3].state = THREAD_READY;
    assert_broken("a ready thread is in no queue");
}

TEST(a_running_thread_without_a_cpu_is_found)
{
    s->thread[3].state = THREAD_RUNNING;
    assert_broken("a running thread is current on no CPU");
}

TEST(a_priority_below_its_base_is_found)
{
    s->thread[3].state = THREAD_BLOCKED;
    s->thread[3].base_prio = 3;
    s->thread[3].prio = 2;
    assert_broken("an effective priority is below its base");
}

TEST(a_cpu_whose_thread_is_not_running_is_found)
{
    s->idle[0].state = THREAD_READY;
    assert_broken("a CPU's current thread is not running");
}

TEST(exhausted_and_restarting_threads_are_sound)
{
    runq_remove(&s->runq, s->links, 0, 4);
    waitq_push(s->links, &s->exhausted, 0);
    s->thread[3].state = THREAD_FAULTED;
    waitq_push(s->links, &s->restarting, 3);
    assert_sound();
}

TEST(the_hash_is_a_function_of_the_state)
{
    uint64_t before = hash();
    assert_int_equal(hash(), before);
    s->thread[1].used = 3;
    assert_int_not_equal(hash(), before);
    s->thread[1].used = 0;
    assert_int_equal(hash(), before);
}

TEST(the_time_of_a_fault_counts_in_the_hash)
{
    uint64_t before = hash();
    s->thread[3].since = 77;
    assert_int_not_equal(hash(), before);
}

TEST(tick_order_and_current_thread_count_in_the_hash)
{
    uint64_t before = hash();
    s->tick++;
    uint64_t later = hash();
    assert_int_not_equal(later, before);
    runq_remove(&s->runq, s->links, 0, 4);
    runq_insert(&s->runq, s->links, 0, 4, false);
    uint64_t reordered = hash();
    assert_int_not_equal(reordered, later);
    s->cpu[0].current = &s->thread[1];
    assert_int_not_equal(hash(), reordered);
}

TEST(the_first_thread_is_looked_at_too)
{
    s->thread[0].base_prio = 7;
    assert_broken("an effective priority is below its base");
}

TEST(a_thread_that_does_not_exist_has_no_priority)
{
    s->thread[CONFIG_TASKS - 1].base_prio = 3;
    assert_sound();
}

TEST(of_two_cpus_the_second_is_looked_at_if_it_is_online)
{
    null_reset(&(struct null_config){.cpus = 2});
    sched_init();
    s->cpu[0].online = 1;
    s->idle[1].state = THREAD_READY;
    assert_sound();
    s->cpu[1].online = 1;
    assert_broken("a CPU's current thread is not running");
}

TEST(with_a_ready_thread_the_machine_is_not_idle)
{
    s->cpu[0].online = 1;
    assert_false(sched_is_idle());
}

TEST(the_hash_is_made_of_exactly_these_words)
{
    static const uint64_t words[3] = {(uint64_t)THREAD_READY << 32 | 4 << 16 | 0x23, (uint64_t)THREAD_READY << 32 | 4 << 16,
                                      (uint64_t)THREAD_READY << 32 | 6 << 16};
    static const uint64_t links[3] = {1ull << 32 | 1 << 16 | 3, (uint64_t)WAITQ_NONE << 32 | 1 << 16,
                                      (uint64_t)WAITQ_NONE << 32 | 1 << 16};
    struct hash want;

    s->thread[0].used = 0x23;
    s->thread[0].cpu = 3;
    s->thread[1].since = 99;
    s->thread[1].user = (struct arch_user){.nr = 1, .target = 2, .w = {3, 4, 5, 6}, .pc = 7, .sp = 8};
    s->cpu[ARCH_MAX_CPUS - 1].current = &s->thread[2];
    hash_init(&want, 0);
    hash_u64(&want, s->tick);
    for (uint32_t i = 0; i < CONFIG_TASKS; i++) {
        hash_u64(&want, i < 3 ? words[i] : 0);
        hash_u64(&want, i < 3 ? links[i] : (uint64_t)s->links[i].next << 32);
        hash_u64(&want, i == 1 ? 99 : 0);
        for (uint32_t r = 1; r <= 8; r++)
            hash_u64(&want, i == 1 ? r : 0);
    }
    for (uint32_t i = 0; i < ARCH_MAX_CPUS; i++)
        hash_u64(&want, i == ARCH_MAX_CPUS - 1 ? 2 : THREAD_NONE);
    assert_int_equal(hash(), hash_final(&want));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_sound_scheduler_is_sound, setup),
        cmocka_unit_test_setup(a_link_out_of_range_is_found, setup),
        cmocka_unit_test_setup(a_circle_is_found, setup),
        cmocka_unit_test_setup(a_wrong_back_link_is_found, setup),
        cmocka_unit_test_setup(a_queued_thread_marked_as_free_is_found, setup),
        cmocka_unit_test_setup(a_wrong_tail_is_found, setup),
        cmocka_unit_test_setup(a_thread_that_is_not_ready_in_the_run_queue_is_found, setup),
        cmocka_unit_test_setup(a_level_without_its_bit_is_found, setup),
        cmocka_unit_test_setup(a_bit_without_its_level_is_found, setup),
        cmocka_unit_test_setup(a_thread_in_the_wrong_level_is_found, setup),
        cmocka_unit_test_setup(a_damaged_queue_of_exhausted_threads_is_found, setup),
        cmocka_unit_test_setup(a_damaged_queue_of_restarting_threads_is_found, setup),
        cmocka_unit_test_setup(a_link_without_a_queue_is_found, setup),
        cmocka_unit_test_setup(a_ready_thread_in_no_queue_is_found, setup),
        cmocka_unit_test_setup(a_running_thread_without_a_cpu_is_found, setup),
        cmocka_unit_test_setup(a_priority_below_its_base_is_found, setup),
        cmocka_unit_test_setup(a_cpu_whose_thread_is_not_running_is_found, setup),
        cmocka_unit_test_setup(exhausted_and_restarting_threads_are_sound, setup),
        cmocka_unit_test_setup(the_hash_is_a_function_of_the_state, setup),
        cmocka_unit_test_setup(the_time_of_a_fault_counts_in_the_hash, setup),
        cmocka_unit_test_setup(tick_order_and_current_thread_count_in_the_hash, setup),
        cmocka_unit_test_setup(the_first_thread_is_looked_at_too, setup),
        cmocka_unit_test_setup(a_thread_that_does_not_exist_has_no_priority, setup),
        cmocka_unit_test_setup(of_two_cpus_the_second_is_looked_at_if_it_is_online, setup),
        cmocka_unit_test_setup(with_a_ready_thread_the_machine_is_not_idle, setup),
        cmocka_unit_test_setup(the_hash_is_made_of_exactly_these_words, setup),
    };

    return cmocka_run_group_tests_name("sched_check", tests, NULL, NULL);
}
