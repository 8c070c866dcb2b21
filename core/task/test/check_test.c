/* SPDX-License-Identifier: MIT */
/* The invariants over the memory of all tasks: each is reported when a test breaks it behind the kernel's back. */
#include <support/calls.h>
#include <support/kernel.h>
#include <support/unit.h>

#include <abi/layout.h>
#include <arch/memory.h>
#include <mm/frame.h>
#include <task/task.h>

#include "../task_priv.h"

#define RW (ARCH_MAP_USER | ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE)
#define RX ARCH_MAP_USER

static void wait_for_ever(struct arch_user *u)
{
    (void)u_wait_notify(u);
}

/* Two tasks that sleep; the machine has stopped as a deadlock, everything is in place. */
static int setup(void **state)
{
    (void)state;
    kernel_new(NULL);
    kernel_task(0, "caps=all", wait_for_ever);
    kernel_task(1, "caps=all", wait_for_ever);
    return kernel_boot().why == ARCH_OFF_DEADLOCK ? 0 : -1;
}

static void assert_broken(const char *sentence)
{
    const char *broken = task_check_module.check();

    assert_string_equal(broken ? broken : "nothing", sentence);
}

static struct arch_space *space_of(uint32_t t)
{
    return &task_get(t)->space;
}

/* Map another frame, or with other rights, at `va` of task `t`. */
static void remap(uint32_t t, vaddr_t va, paddr_t pa, uint32_t flags)
{
    (void)!arch_unmap_page(space_of(t), va);
    assert_ok(arch_map_page(space_of(t), va, pa, flags));
}

static uint64_t hash(void)
{
    struct hash h;

    hash_init(&h, 0);
    task_check_module.hash(&h);
    return hash_final(&h);
}

TEST(a_sound_machine_is_sound)
{
    assert_null(task_check_module.check());
    assert_string_equal(task_check_module.name, "task");
}

TEST(a_task_that_was_not_completed_is_passed_over)
{
    task_state()->task[5].used = true;
    task_state()->task[5].alive = false;
    assert_null(task_check_module.check());
}

TEST(a_peer_s_frame_in_a_task_is_found)
{
    remap(0, image_base(0) + IMAGE_DATA_OFFSET, task_get(1)->image_page[1], RW);
    assert_broken("a task maps a frame that is not its own");
}

TEST(a_peer_s_address_in_a_task_is_found)
{
    assert_ok(arch_map_page(space_of(0), image_base(1), task_get(1)->image_page[0], RX));
    assert_broken("a task maps a frame that is not its own");
}

TEST(a_peer_s_stack_in_a_task_is_found)
{
    assert_ok(arch_map_page(space_of(1), image_stack(0), task_get(0)->stack_page[0], RW));
    assert_broken("a task maps a frame that is not its own");
}

TEST(a_mapped_guard_page_is_found)
{
    assert_ok(arch_map_page(space_of(0), image_stack(0) + LAYOUT_STACK_SIZE, task_get(0)->stack_page[0], RW));
    assert_broken("a task maps a frame that is not its own");
}

TEST(a_missing_page_is_found)
{
    assert_ok(arch_unmap_page(space_of(0), image_base(0)));
    assert_broken("a page of a task is not mapped");
}

TEST(a_missing_stack_page_is_found)
{
    assert_ok(arch_unmap_page(space_of(1), image_stack(1) + PAGE_SIZE));
    assert_broken("a page of a task is not mapped");
}

TEST(a_page_closed_to_its_user_is_found)
{
    remap(0, image_base(0) + IMAGE_DATA_OFFSET, task_get(0)->image_page[1], RW & ~(uint32_t)ARCH_MAP_USER);
    assert_broken("a user page is not user-accessible");
}

/* No call can make such a page, so the table entry itself is changed: hal-null keeps the flags from bit 2 up. */
TEST(a_writable_and_executable_page_is_found)
{
    uint64_t *table = arch_phys_ptr(space_of(0)->root);
    vaddr_t va = image_stack(0);

    for (uint32_t level = 3; level > 0; level--)
        table = arch_phys_ptr(table[va >> (12 + 9 * level) & 511] & 0x000FFFFFFFFFF000ull);
    table[va >> 12 & 511] &= ~((uint64_t)ARCH_MAP_NO_EXECUTE << 2);
    assert_broken("a page is writable and executable");
}

TEST(a_freed_frame_in_use_is_found)
{
    frame_free(task_get(1)->stack_page[0]);
    assert_broken("a stack frame is free");
}

TEST(a_freed_frame_of_the_second_stack_page_is_found)
{
    frame_free(task_get(0)->stack_page[1]);
    assert_broken("a stack frame is free");
}

TEST(the_first_frame_in_two_tasks_is_found)
{
    remap(1, image_base(1), task_get(0)->image_page[0], RX);
    task_get(1)->image_page[0] = task_get(0)->image_page[0];
    assert_broken("a frame belongs to two tasks");
}

TEST(a_frame_in_two_tasks_is_found)
{
    remap(1, image_base(1) + IMAGE_DATA_OFFSET, task_get(0)->image_page[1], RW);
    task_get(1)->image_page[1] = task_get(0)->image_page[1];
    assert_broken("a frame belongs to two tasks");
}

TEST(a_stack_frame_in_two_tasks_is_found)
{
    remap(1, image_stack(1), task_get(0)->stack_page[1], RW);
    task_get(1)->stack_page[0] = task_get(0)->stack_page[1];
    assert_broken("a frame belongs to two tasks");
}

TEST(a_stack_frame_in_another_task_s_program_is_found)
{
    remap(1, image_base(1) + IMAGE_DATA_OFFSET, task_get(0)->stack_page[1], RW);
    task_get(1)->image_page[1] = task_get(0)->stack_page[1];
    assert_broken("a frame belongs to two tasks");
}

TEST(a_grant_page_without_a_grant_is_found)
{
    assert_ok(arch_map_page(space_of(0), LAYOUT_GRANT_BASE, task_get(0)->stack_page[0], RW));
    assert_broken("a grant page is mapped in a task without the grant");
}

static void grant_then_wait(struct arch_user *u)
{
    (void)u_grant_create(u, 1, 1);
    (void)u_wait_notify(u);
}

TEST(a_grant_without_its_page_is_found)
{
    kernel_new(NULL);
    kernel_task(0, "caps=all priority=3", grant_then_wait);
    kernel_task(1, "caps=all", wait_for_ever);
    (void)kernel_boot();
    assert_null(task_check_module.check());
    assert_ok(arch_unmap_page(space_of(1), LAYOUT_GRANT_BASE + LAYOUT_GRANT_STRIDE));
    assert_broken("a grant page is not mapped");
}

TEST(the_hash_is_a_function_of_the_state)
{
    uint64_t before = hash();
    assert_int_equal(hash(), before);
    task_get(1)->last_beat++;
    assert_int_not_equal(hash(), before);
    task_get(1)->last_beat--;
    assert_int_equal(hash(), before);
}

TEST(restarts_watchdogs_calls_and_devices_count_in_the_hash)
{
    uint64_t seen[5];

    seen[0] = hash();
    task_get(0)->restarts++;
    seen[1] = hash();
    task_get(0)->heartbeat++;
    seen[2] = hash();
    task_get(0)->calls++;
    seen[3] = hash();
    task_state()->device_owner[2] = 1;
    seen[4] = hash();
    for (uint32_t i = 1; i < 5; i++)
        assert_int_not_equal(seen[i], seen[i - 1]);
}

TEST(a_device_that_nobody_gave_back_is_a_leak)
{
    assert_null(task_check_module.leak());
    task_state()->device_owner[LAYOUT_DEVICE_COUNT - 1] = 1;
    assert_string_equal(task_check_module.leak(), "a device belongs to a dead task");
    task_state()->device_owner[LAYOUT_DEVICE_COUNT - 1] = THREAD_NONE;
    task_state()->device_owner[0] = 1;
    assert_string_equal(task_check_module.leak(), "a device belongs to a dead task");
}

/* Some tasks' numbers, and who owns the devices. */
TEST(the_hash_is_made_of_exactly_these_words)
{
    struct task_state *t = task_state();
    struct hash want;

    t->task[0].restarts = 3;
    t->task[0].last_beat = 4;
    t->task[0].heartbeat = 5;
    t->task[0].calls = 6;
    t->task[1].restarts = 7;
    t->task[1].last_beat = 8;
    t->task[1].heartbeat = 9;
    t->task[1].calls = 10;
    t->device_owner[0] = 1;
    hash_init(&want, 0);
    for (uint64_t word = 3; word <= 10; word++)
        hash_u64(&want, word == 7 ? 1ull << 32 | 7 : word);
    for (uint32_t i = 0; i < LAYOUT_DEVICE_COUNT; i++)
        hash_u64(&want, i == 0 ? 1 : THREAD_NONE);
    assert_int_equal(hash(), hash_final(&want));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_sound_machine_is_sound, setup),
        cmocka_unit_test_setup(a_task_that_was_not_completed_is_passed_over, setup),
        cmocka_unit_test_setup(a_peer_s_frame_in_a_task_is_found, setup),
        cmocka_unit_test_setup(a_peer_s_address_in_a_task_is_found, setup),
        cmocka_unit_test_setup(a_peer_s_stack_in_a_task_is_found, setup),
        cmocka_unit_test_setup(a_mapped_guard_page_is_found, setup),
        cmocka_unit_test_setup(a_missing_page_is_found, setup),
        cmocka_unit_test_setup(a_missing_stack_page_is_found, setup),
        cmocka_unit_test_setup(a_page_closed_to_its_user_is_found, setup),
        cmocka_unit_test_setup(a_writable_and_executable_page_is_found, setup),
        cmocka_unit_test_setup(a_freed_frame_in_use_is_found, setup),
        cmocka_unit_test_setup(a_freed_frame_of_the_second_stack_page_is_found, setup),
        cmocka_unit_test_setup(the_first_frame_in_two_tasks_is_found, setup),
        cmocka_unit_test_setup(a_frame_in_two_tasks_is_found, setup),
        cmocka_unit_test_setup(a_stack_frame_in_two_tasks_is_found, setup),
        cmocka_unit_test_setup(a_stack_frame_in_another_task_s_program_is_found, setup),
        cmocka_unit_test_setup(a_grant_page_without_a_grant_is_found, setup),
        cmocka_unit_test_setup(a_grant_without_its_page_is_found, setup),
        cmocka_unit_test_setup(a_device_that_nobody_gave_back_is_a_leak, setup),
        cmocka_unit_test_setup(the_hash_is_a_function_of_the_state, setup),
        cmocka_unit_test_setup(restarts_watchdogs_calls_and_devices_count_in_the_hash, setup),
        cmocka_unit_test_setup(the_hash_is_made_of_exactly_these_words, setup),
    };

    return cmocka_run_group_tests_name("task_check", tests, NULL, NULL);
}
