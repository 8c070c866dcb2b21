/* SPDX-License-Identifier: MIT */
/* Grants and interrupt bindings with real page tables and a real (null) interrupt controller; no thread has to run. */
#include <support/unit.h>

#include <string.h>

#include <abi/layout.h>
#include <arch/irq.h>
#include <arch/memory.h>
#include <diag/console.h>
#include <diag/counters.h>
#include <ipc/ipc.h>
#include <mm/frame.h>
#include <sched/sched.h>

#include "../ipc_priv.h"

#define PAGE_RW (ARCH_MAP_PRESENT | ARCH_MAP_USER | ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE)
#define TASKS 3u

static struct arch_space space[TASKS];

static bool start_tasks(void)
{
    for (uint32_t i = 0; i < TASKS; i++) {
        if (arch_create_address_space(&space[i], i + 1, frame_source_get()) != STATUS_OK)
            return false;
        thread_get(i)->space = &space[i];
        ipc_attach(i, 4, 0);
        ipc_start(i);
    }
    return true;
}

static int setup(void **state)
{
    struct boot_mmap_entry map[4];
    uint32_t count = 4;

    unit_setup(state);
    sched_init();
    if (arch_parse_memory_map(null_boot_info(), map, &count) != STATUS_OK || frame_init(map, count) != STATUS_OK)
        return -1;
    if (arch_mmu_init(frame_source_get()) != STATUS_OK || ipc_init() != STATUS_OK || !start_tasks())
        return -1;
    arch_enable_interrupts();
    return 0;
}

static vaddr_t grant_va(uint32_t id)
{
    return LAYOUT_GRANT_BASE + (vaddr_t)id * LAYOUT_GRANT_STRIDE;
}

/* The page that task `t` sees at grant `id`; NULL: nothing. */
static uint8_t *page_of(uint32_t t, uint32_t id)
{
    paddr_t pa;
    uint32_t flags;

    if (arch_walk(&space[t], grant_va(id), &pa, &flags) != STATUS_OK)
        return NULL;
    assert_int_equal(flags, PAGE_RW);
    return arch_phys_ptr(pa);
}

/* Who maps grant `id`, as digits of a mask. */
static uint32_t mapped_by(uint32_t id)
{
    uint32_t mask = 0;

    for (uint32_t t = 0; t < TASKS; t++)
        mask |= (page_of(t, id) ? 1u : 0u) << t;
    return mask;
}

static void assert_sound(void)
{
    assert_null(ipc_check_module.check());
}

TEST(a_grant_is_one_page_that_both_see)
{
    assert_ok(ipc_grant_create(0, 2, 1));
    assert_int_equal(mapped_by(2), 1 | 2);
    assert_ptr_equal(page_of(0, 2), page_of(1, 2));
    assert_sound();
}

TEST(every_grant_has_its_own_page_and_address)
{
    for (uint32_t id = 0; id < CONFIG_GRANTS; id++)
        assert_ok(ipc_grant_create(0, id, 1));
    for (uint32_t id = 1; id < CONFIG_GRANTS; id++)
        assert_ptr_not_equal(page_of(0, id), page_of(0, id - 1));
    assert_sound();
}

TEST(a_grant_page_comes_zeroed)
{
    static const uint8_t zeroes[PAGE_SIZE];

    memset(arch_phys_ptr(ipc_state()->grant_page[0]), 0xAA, PAGE_SIZE);
    assert_ok(ipc_grant_create(0, 0, 1));
    assert_memory_equal(page_of(1, 0), zeroes, PAGE_SIZE);
}

TEST(a_revoked_grant_is_unmapped_on_both_sides)
{
    assert_ok(ipc_grant_create(0, 0, 1));
    assert_ok(ipc_grant_revoke(0, 0));
    assert_int_equal(mapped_by(0), 0);
    assert_sound();
}

TEST(revoking_flushes_both_translations)
{
    assert_ok(ipc_grant_create(0, 0, 1));
    uint64_t before = null_flushes().page;
    assert_ok(ipc_grant_revoke(0, 0));
    assert_int_equal(null_flushes().page, before + 2);
}

TEST(a_revoked_slot_can_be_used_by_others_who_see_nothing_old)
{
    static const uint8_t zeroes[PAGE_SIZE];

    assert_ok(ipc_grant_create(0, 0, 1));
    memset(page_of(0, 0), 0x55, PAGE_SIZE);
    assert_ok(ipc_grant_revoke(0, 0));
    assert_ok(ipc_grant_create(2, 0, 1));
    assert_int_equal(mapped_by(0), 4 | 2);
    assert_memory_equal(page_of(2, 0), zeroes, PAGE_SIZE);
}

TEST(revoking_a_free_slot_does_nothing)
{
    assert_ok(ipc_grant_revoke(0, 3));
    assert_ok(ipc_grant_revoke(0, 3));
    assert_sound();
}

TEST(only_the_owner_can_revoke)
{
    assert_ok(ipc_grant_create(0, 0, 1));
    assert_status(ipc_grant_revoke(1, 0), ERR_GRANT_NOT_OWNER);
    assert_status(ipc_grant_revoke(2, 0), ERR_GRANT_NOT_OWNER);
    assert_int_equal(mapped_by(0), 1 | 2);
}

TEST(an_active_slot_cannot_be_taken_even_by_its_owner)
{
    assert_ok(ipc_grant_create(0, 0, 1));
    assert_status(ipc_grant_create(0, 0, 2), ERR_GRANT_ACTIVE);
    assert_status(ipc_grant_create(2, 0, 1), ERR_GRANT_ACTIVE);
    assert_int_equal(mapped_by(0), 1 | 2);
}

TEST(a_peer_must_live)
{
    ipc_cleanup(1, false);
    assert_status(ipc_grant_create(0, 0, 1), ERR_GRANT_BAD_PEER);
    assert_status(ipc_grant_create(0, 0, TASKS), ERR_GRANT_BAD_PEER);
    assert_status(ipc_grant_create(0, 0, CONFIG_TASKS), ERR_GRANT_BAD_PEER);
    ipc_start(1);
    assert_ok(ipc_grant_create(0, 0, 1));
}

TEST(the_owner_s_death_takes_the_page_from_both)
{
    assert_ok(ipc_grant_create(0, 0, 1));
    ipc_cleanup(0, false);
    assert_int_equal(mapped_by(0), 0);
    assert_sound();
}

TEST(the_peer_s_death_takes_the_page_from_the_peer_only)
{
    assert_ok(ipc_grant_create(0, 0, 1));
    uint8_t *page = page_of(0, 0);
    page[9] = 0x77;
    ipc_cleanup(1, false);
    assert_int_equal(mapped_by(0), 1);
    assert_int_equal(page_of(0, 0)[9], 0x77);
    assert_sound();
}

TEST(after_the_peer_s_death_the_owner_may_grant_again_and_it_is_zeroed)
{
    assert_ok(ipc_grant_create(0, 0, 1));
    page_of(0, 0)[9] = 0x77;
    ipc_cleanup(1, false);
    assert_ok(ipc_grant_create(0, 0, 2));
    assert_int_equal(mapped_by(0), 1 | 4);
    assert_int_equal(page_of(2, 0)[9], 0);
    assert_sound();
}

TEST(after_the_peer_s_death_nobody_else_gets_the_slot)
{
    assert_ok(ipc_grant_create(0, 0, 1));
    ipc_cleanup(1, false);
    assert_status(ipc_grant_create(2, 0, 1), ERR_GRANT_ACTIVE);
    assert_ok(ipc_grant_revoke(0, 0));
    ipc_start(1);
    assert_ok(ipc_grant_create(2, 0, 1));
}

TEST(a_death_touches_no_grant_of_others)
{
    assert_ok(ipc_grant_create(0, 0, 1));
    assert_ok(ipc_grant_create(1, 1, 2));
    ipc_cleanup(2, false);
    assert_int_equal(mapped_by(0), 1 | 2);
    assert_int_equal(mapped_by(1), 2);
}

/* Table frames run out at the first or second mapping; either way nothing is left behind. */
TEST(a_grant_without_memory_for_tables_leaves_nothing_behind)
{
    static paddr_t held[NULL_RAM_MAX / PAGE_SIZE];
    uint32_t count = 0;

    while (frame_alloc(&held[count]) == STATUS_OK)
        count++;
    for (uint32_t spare = 0; spare < 6; spare++) {
        assert_status(ipc_grant_create(0, 0, 1), ERR_NO_MEMORY);
        assert_int_equal(mapped_by(0), 0);
        assert_sound();
        frame_free(held[--count]);
        if (spare == 5)
            assert_ok(ipc_grant_create(0, 0, 1));
    }
}

TEST(without_memory_for_grant_pages_there_is_no_communication)
{
    paddr_t pa;

    while (frame_alloc(&pa) == STATUS_OK)
        continue;
    assert_status(ipc_init(), ERR_NO_MEMORY);
    frame_free(ipc_state()->grant_page[0]);
    assert_status(ipc_init(), ERR_NO_MEMORY); /* one page is not enough */
}

TEST(maps_says_who_sees_a_grant)
{
    uint32_t owner;

    assert_ok(ipc_grant_create(1, 2, 0));
    assert_true(ipc_grant_maps(2, 0, &owner));
    assert_int_equal(owner, 1);
    assert_true(ipc_grant_maps(2, 1, &owner));
    assert_false(ipc_grant_maps(2, 2, &owner));
    assert_int_equal(owner, GRANT_NONE);
    assert_false(ipc_grant_maps(1, 0, &owner));
    assert_false(ipc_grant_maps(CONFIG_GRANTS, 0, &owner));
    assert_false(ipc_grant_maps(1, GRANT_NONE, &owner));
}

static uint64_t pending(uint32_t t)
{
    return ipc_state()->thread[t].pending;
}

TEST(a_bound_interrupt_becomes_notification_bits)
{
    assert_ok(ipc_irq_bind(0, ARCH_VECTOR_UART0, 0x10));
    null_line(ARCH_VECTOR_UART0, true);
    arch_irq_window();
    assert_int_equal(pending(0), 0x10);
    assert_int_equal(pending(1), 0);
    assert_int_equal(counters_get()->interrupts, 1);
    console_flush();
    assert_null(strstr(null_serial(), "no task has bound it"));
}

TEST(an_interrupt_stays_masked_until_it_is_acknowledged)
{
    assert_ok(ipc_irq_bind(0, ARCH_VECTOR_UART0, 1));
    null_line(ARCH_VECTOR_UART0, true);
    arch_irq_window();
    arch_irq_window();
    assert_int_equal(counters_get()->interrupts, 1);
    assert_ok(ipc_irq_ack(0, ARCH_VECTOR_UART0));
    arch_irq_window();
    assert_int_equal(counters_get()->interrupts, 2);
}

TEST(pending_ack_is_kept_until_the_acknowledgement)
{
    assert_ok(ipc_irq_bind(0, ARCH_VECTOR_UART0, 1));
    assert_false(ipc_state()->irq[0].pending_ack);
    null_line(ARCH_VECTOR_UART0, true);
    arch_irq_window();
    assert_true(ipc_state()->irq[0].pending_ack);
    null_line(ARCH_VECTOR_UART0, false);
    assert_ok(ipc_irq_ack(0, ARCH_VECTOR_UART0));
    assert_false(ipc_state()->irq[0].pending_ack);
}

TEST(an_interrupt_that_nobody_bound_is_silent)
{
    null_line(ARCH_VECTOR_UART0, true);
    arch_irq_window();
    assert_int_equal(counters_get()->interrupts, 0); /* masked from the start */
}

TEST(an_interrupt_that_nobody_bound_is_logged_once_and_masked)
{
    arch_irq_unmask(40);
    null_line(40, true);
    arch_irq_window();
    arch_irq_window();
    assert_int_equal(counters_get()->interrupts, 1);
    console_flush();
    assert_non_null(strstr(null_serial(), "irq 40 arrived but no task has bound it\n"));
}

TEST(only_device_lines_that_exist_can_be_bound)
{
    assert_status(ipc_irq_bind(0, 31, 1), ERR_IRQ_INVALID);
    assert_status(ipc_irq_bind(0, ARCH_VECTOR_TIMER, 1), ERR_IRQ_INVALID);
    assert_status(ipc_irq_bind(0, 48, 1), ERR_IRQ_INVALID);
    assert_status(ipc_irq_bind(0, ARCH_VECTOR_COUNT, 1), ERR_IRQ_INVALID);
    assert_status(ipc_irq_bind(0, 0x100000000ull + ARCH_VECTOR_UART0, 1), ERR_IRQ_INVALID);
    assert_ok(ipc_irq_bind(0, 32, 1));
    assert_ok(ipc_irq_bind(0, 47, 1));
}

TEST(a_line_has_one_owner)
{
    assert_ok(ipc_irq_bind(0, 33, 1));
    assert_status(ipc_irq_bind(1, 33, 1), ERR_IRQ_BOUND);
    assert_status(ipc_irq_bind(0, 33, 2), ERR_IRQ_BOUND);
    assert_status(ipc_irq_ack(1, 33), ERR_IRQ_NOT_OWNER);
    assert_status(ipc_irq_ack(0, 34), ERR_IRQ_NOT_BOUND);
    assert_sound();
}

TEST(bindings_run_out)
{
    for (uint32_t i = 0; i < CONFIG_IRQ_BINDINGS; i++)
        assert_ok(ipc_irq_bind(0, 32 + i, 1));
    assert_status(ipc_irq_bind(0, 32 + CONFIG_IRQ_BINDINGS, 1), ERR_IRQ_FULL);
}

TEST(a_death_frees_and_masks_the_task_s_lines_only)
{
    assert_ok(ipc_irq_bind(0, 33, 1));
    assert_ok(ipc_irq_bind(1, 34, 2));
    ipc_cleanup(0, false);
    null_line(33, true);
    null_line(34, true);
    arch_irq_window();
    assert_int_equal(counters_get()->interrupts, 1);
    assert_int_equal(pending(1), 2);
    assert_ok(ipc_irq_bind(2, 33, 4));
    assert_sound();
}

TEST(a_new_owner_starts_with_the_line_unmasked)
{
    assert_ok(ipc_irq_bind(0, 33, 1));
    null_line(33, true);
    arch_irq_window(); /* delivered and masked, never acknowledged */
    ipc_cleanup(0, false);
    assert_ok(ipc_irq_bind(1, 33, 8));
    arch_irq_window();
    assert_int_equal(pending(1), 8);
}

TEST(a_new_grant_that_fails_leaves_the_owner_its_page)
{
    static paddr_t held[NULL_RAM_MAX / PAGE_SIZE];
    uint32_t count = 0;

    assert_ok(ipc_grant_create(0, 0, 1));
    ipc_cleanup(1, false);
    while (frame_alloc(&held[count]) == STATUS_OK)
        count++;
    assert_status(ipc_grant_create(0, 0, 2), ERR_NO_MEMORY);
    assert_int_equal(mapped_by(0), 1);
    assert_sound();
}

TEST(an_acknowledgement_by_a_stranger_changes_nothing)
{
    assert_ok(ipc_irq_bind(0, ARCH_VECTOR_UART0, 1));
    null_line(ARCH_VECTOR_UART0, true);
    arch_irq_window();
    assert_status(ipc_irq_ack(1, ARCH_VECTOR_UART0), ERR_IRQ_NOT_OWNER);
    assert_true(ipc_state()->irq[0].pending_ack);
    arch_irq_window();
    assert_int_equal(counters_get()->interrupts, 1);
}

TEST(a_call_that_fails_leaves_its_answer_alone)
{
    const uint64_t words[4] = {1, 2, 3, 4};
    uint64_t reply[4] = {5, 6, 7, 8};

    assert_status(ipc_call(0, CONFIG_ENDPOINTS, words, reply), ERR_BAD_ENDPOINT);
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(reply[i], 5 + i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_grant_is_one_page_that_both_see, setup),
        cmocka_unit_test_setup(every_grant_has_its_own_page_and_address, setup),
        cmocka_unit_test_setup(a_grant_page_comes_zeroed, setup),
        cmocka_unit_test_setup(a_revoked_grant_is_unmapped_on_both_sides, setup),
        cmocka_unit_test_setup(revoking_flushes_both_translations, setup),
        cmocka_unit_test_setup(a_revoked_slot_can_be_used_by_others_who_see_nothing_old, setup),
        cmocka_unit_test_setup(revoking_a_free_slot_does_nothing, setup),
        cmocka_unit_test_setup(only_the_owner_can_revoke, setup),
        cmocka_unit_test_setup(an_active_slot_cannot_be_taken_even_by_its_owner, setup),
        cmocka_unit_test_setup(a_peer_must_live, setup),
        cmocka_unit_test_setup(the_owner_s_death_takes_the_page_from_both, setup),
        cmocka_unit_test_setup(the_peer_s_death_takes_the_page_from_the_peer_only, setup),
        cmocka_unit_test_setup(after_the_peer_s_death_the_owner_may_grant_again_and_it_is_zeroed, setup),
        cmocka_unit_test_setup(after_the_peer_s_death_nobody_else_gets_the_slot, setup),
        cmocka_unit_test_setup(a_death_touches_no_grant_of_others, setup),
        cmocka_unit_test_setup(a_grant_without_memory_for_tables_leaves_nothing_behind, setup),
        cmocka_unit_test_setup(without_memory_for_grant_pages_there_is_no_communication, setup),
        cmocka_unit_test_setup(maps_says_who_sees_a_grant, setup),
        cmocka_unit_test_setup(a_bound_interrupt_becomes_notification_bits, setup),
        cmocka_unit_test_setup(an_interrupt_stays_masked_until_it_is_acknowledged, setup),
        cmocka_unit_test_setup(pending_ack_is_kept_until_the_acknowledgement, setup),
        cmocka_unit_test_setup(an_interrupt_that_nobody_bound_is_silent, setup),
        cmocka_unit_test_setup(an_interrupt_that_nobody_bound_is_logged_once_and_masked, setup),
        cmocka_unit_test_setup(only_device_lines_that_exist_can_be_bound, setup),
        cmocka_unit_test_setup(a_line_has_one_owner, setup),
        cmocka_unit_test_setup(bindings_run_out, setup),
        cmocka_unit_test_setup(a_death_frees_and_masks_the_task_s_lines_only, setup),
        cmocka_unit_test_setup(a_new_owner_starts_with_the_line_unmasked, setup),
        cmocka_unit_test_setup(a_new_grant_that_fails_leaves_the_owner_its_page, setup),
        cmocka_unit_test_setup(an_acknowledgement_by_a_stranger_changes_nothing, setup),
        cmocka_unit_test_setup(a_call_that_fails_leaves_its_answer_alone, setup),
    };

    return cmocka_run_group_tests_name("ipc_memory", tests, NULL, NULL);
}
