/* SPDX-License-Identifier: MIT */
/* Reads of user memory: the range that tasks may own, and the task's own right to every byte. */
#include <support/frames.h>
#include <support/unit.h>

#include <string.h>

#include <abi/layout.h>
#include <arch/memory.h>
#include <mm/user_copy.h>

#define USER_END ((vaddr_t)LAYOUT_USER_BASE + LAYOUT_USER_SIZE)
#define PAGE0 ((vaddr_t)LAYOUT_IMAGE_BASE)
#define PAGE1 (PAGE0 + PAGE_SIZE)
#define PAGE2 (PAGE0 + 2 * PAGE_SIZE)

static struct test_frames frames;
static struct arch_space space;
static paddr_t page[2];
static uint8_t got[2 * PAGE_SIZE];

static struct uaddr at(vaddr_t va)
{
    return (struct uaddr){va};
}

/* Two mapped pages with a count in them, and nothing behind. */
static int setup(void **state)
{
    unit_setup(state);
    test_frames_init(&frames, ARCH_RAM_BASE + NULL_KERNEL_SIZE, 64);
    memset(got, 0, sizeof(got));
    if (arch_mmu_init(&frames.source) != STATUS_OK || arch_create_address_space(&space, 1, &frames.source) != STATUS_OK)
        return -1;
    for (uint32_t i = 0; i < 2; i++) {
        page[i] = test_frame(&frames);
        for (uint32_t k = 0; k < PAGE_SIZE; k++)
            ((uint8_t *)arch_phys_ptr(page[i]))[k] = (uint8_t)(k * 7 + i);
        if (arch_map_page(&space, PAGE0 + i * PAGE_SIZE, page[i], ARCH_MAP_USER | ARCH_MAP_NO_EXECUTE) != STATUS_OK)
            return -1;
    }
    return 0;
}

TEST(the_whole_user_range_is_ok)
{
    assert_true(user_range_ok(at(LAYOUT_USER_BASE), LAYOUT_USER_SIZE));
    assert_false(user_range_ok(at(LAYOUT_USER_BASE), LAYOUT_USER_SIZE + 1));
}

TEST(an_empty_range_is_not_ok)
{
    assert_false(user_range_ok(at(LAYOUT_USER_BASE), 0));
}

TEST(a_range_may_not_start_below)
{
    assert_false(user_range_ok(at(LAYOUT_USER_BASE - 1), 2));
    assert_false(user_range_ok(at(0), 1));
}

TEST(a_range_may_touch_the_end_but_not_cross_it)
{
    assert_true(user_range_ok(at(USER_END - 1), 1));
    assert_false(user_range_ok(at(USER_END - 1), 2));
    assert_false(user_range_ok(at(USER_END), 1));
}

TEST(a_range_may_not_wrap)
{
    assert_false(user_range_ok(at(LAYOUT_USER_BASE + 1), ~0ull));
    assert_false(user_range_ok(at(~0ull), 2));
    assert_false(user_range_ok(at(USER_END - 1), ~0ull - USER_END + 3));
}

TEST(bytes_are_copied_as_they_are)
{
    assert_ok(user_copy_in(&space, got, at(PAGE0 + 5), 100));
    assert_memory_equal(got, (uint8_t *)arch_phys_ptr(page[0]) + 5, 100);
    assert_int_equal(got[100], 0);
}

TEST(a_copy_crosses_a_page_edge)
{
    assert_ok(user_copy_in(&space, got, at(PAGE1 - 3), 6));
    assert_memory_equal(got, (uint8_t *)arch_phys_ptr(page[0]) + PAGE_SIZE - 3, 3);
    assert_memory_equal(got + 3, arch_phys_ptr(page[1]), 3);
}

TEST(the_last_byte_of_mapped_memory_can_be_read_and_no_more)
{
    assert_ok(user_copy_in(&space, got, at(PAGE2 - 1), 1));
    assert_status(user_copy_in(&space, got, at(PAGE2 - 1), 2), ERR_BAD_ADDRESS);
    assert_status(user_copy_in(&space, got, at(PAGE2), 1), ERR_BAD_ADDRESS);
}

TEST(memory_that_is_not_the_user_s_cannot_be_read)
{
    assert_ok(arch_protect_page(&space, PAGE1, ARCH_MAP_NO_EXECUTE));
    assert_ok(user_copy_in(&space, got, at(PAGE0), PAGE_SIZE));
    assert_status(user_copy_in(&space, got, at(PAGE1), 1), ERR_BAD_ADDRESS);
    assert_status(user_copy_in(&space, got, at(PAGE1 - 1), 2), ERR_BAD_ADDRESS);
}

TEST(mapped_memory_outside_the_user_range_cannot_be_read)
{
    const vaddr_t low = LAYOUT_USER_BASE - PAGE_SIZE;

    assert_ok(arch_map_page(&space, low, page[0], ARCH_MAP_USER | ARCH_MAP_NO_EXECUTE));
    assert_status(user_copy_in(&space, got, at(low), 1), ERR_BAD_ADDRESS);
}

TEST(nothing_is_read_for_an_empty_copy)
{
    assert_status(user_copy_in(&space, got, at(PAGE0), 0), ERR_BAD_ADDRESS);
}

TEST(a_copy_can_be_made_to_fail)
{
    null_fault(FAULT_USER_COPY, 1);
    assert_status(user_copy_in(&space, got, at(PAGE0), 1), ERR_BAD_ADDRESS);
    assert_ok(user_copy_in(&space, got, at(PAGE0), 1));
    assert_status(user_copy_in(&space, got, at(USER_END), 1), ERR_BAD_ADDRESS);
    assert_int_equal(null_fault_count(FAULT_USER_COPY), 2); /* what is refused anyway is no occurrence */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_whole_user_range_is_ok, setup),
        cmocka_unit_test_setup(an_empty_range_is_not_ok, setup),
        cmocka_unit_test_setup(a_range_may_not_start_below, setup),
        cmocka_unit_test_setup(a_range_may_touch_the_end_but_not_cross_it, setup),
        cmocka_unit_test_setup(a_range_may_not_wrap, setup),
        cmocka_unit_test_setup(bytes_are_copied_as_they_are, setup),
        cmocka_unit_test_setup(a_copy_crosses_a_page_edge, setup),
        cmocka_unit_test_setup(the_last_byte_of_mapped_memory_can_be_read_and_no_more, setup),
        cmocka_unit_test_setup(memory_that_is_not_the_user_s_cannot_be_read, setup),
        cmocka_unit_test_setup(mapped_memory_outside_the_user_range_cannot_be_read, setup),
        cmocka_unit_test_setup(nothing_is_read_for_an_empty_copy, setup),
        cmocka_unit_test_setup(a_copy_can_be_made_to_fail, setup),
    };

    return cmocka_run_group_tests_name("user_copy", tests, NULL, NULL);
}
