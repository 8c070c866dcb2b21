/* SPDX-License-Identifier: MIT */
/* Page frames, whichever of the two sources the profile has: what may be handed out, when, and in which state. */
#include <support/random.h>
#include <support/unit.h>

#include <string.h>

#include <arch/memory.h>
#include <config/config.h>
#include <mm/frame.h>

#include "../../../tests/hal-null/kstate.h"

#define RAM ARCH_RAM_BASE
#define PAGES(n) ((uint64_t)(n) * PAGE_SIZE)
#define FRAMES_MAX (NULL_RAM_MAX / PAGE_SIZE)

static struct boot_mmap_entry usable(paddr_t base, uint64_t size)
{
    return (struct boot_mmap_entry){.base = base, .size = size, .type = BOOT_MMAP_USABLE};
}

static struct boot_mmap_entry reserved(paddr_t base, uint64_t size)
{
    return (struct boot_mmap_entry){.base = base, .size = size, .type = BOOT_MMAP_RESERVED};
}

/* The usual machine: all RAM but the first 64 KiB. */
static int setup(void **state)
{
    const struct boot_mmap_entry map[] = {reserved(RAM, PAGES(16)), usable(RAM + PAGES(16), NULL_RAM_MAX - PAGES(16))};

    unit_setup(state);
    return frame_init(map, 2) == STATUS_OK ? 0 : -1;
}

static paddr_t get(void)
{
    paddr_t pa = 0;

    assert_ok(frame_alloc(&pa));
    return pa;
}

TEST(all_frames_are_free_at_first)
{
    assert_true(frame_count_total() >= CONFIG_POOL_FRAMES);
    assert_int_equal(frame_count_free(), frame_count_total());
}

TEST(the_pool_has_its_configured_size)
{
    if (CONFIG_FULL)
        assert_in_range(frame_count_total(), FRAMES_MAX - 16 - 2, FRAMES_MAX - 16 - 1); /* all but the bitmap */
    else
        assert_int_equal(frame_count_total(), CONFIG_POOL_FRAMES);
}

TEST(a_frame_is_a_page_of_usable_ram)
{
    paddr_t pa = get();

    assert_int_equal(pa % PAGE_SIZE, 0);
    assert_in_range(pa, RAM + PAGES(16), RAM + NULL_RAM_MAX - PAGE_SIZE);
}

TEST(taking_and_giving_back_are_counted)
{
    uint32_t total = frame_count_total();
    paddr_t pa = get();

    assert_int_equal(frame_count_free(), total - 1);
    frame_free(pa);
    assert_int_equal(frame_count_free(), total);
    assert_int_equal(frame_count_total(), total);
}

TEST(only_frames_that_are_out_are_used)
{
    paddr_t pa = get();

    assert_true(frame_is_used(pa));
    frame_free(pa);
    assert_false(frame_is_used(pa));
}

TEST(an_address_inside_a_frame_is_no_frame)
{
    paddr_t pa = get();

    assert_false(frame_is_used(pa + 1));
    assert_false(frame_is_used(pa + PAGE_SIZE / 2));
}

TEST(nothing_outside_ram_is_a_frame)
{
    (void)get();
    assert_false(frame_is_used(0));
    assert_false(frame_is_used(RAM - PAGE_SIZE));
    assert_false(frame_is_used(RAM + NULL_RAM_MAX));
    assert_false(frame_is_used(RAM + NULL_RAM_MAX * 16ull));
    assert_false(frame_is_used(~0ull - PAGE_SIZE + 1));
}

TEST(a_frame_comes_zeroed_even_after_use)
{
    static const uint8_t zeroes[PAGE_SIZE];
    paddr_t pa = get();

    memset(arch_phys_ptr(pa), 0xFF, PAGE_SIZE);
    frame_free(pa);
    for (paddr_t again = get();; again = get()) {
        assert_memory_equal(arch_phys_ptr(again), zeroes, PAGE_SIZE);
        if (again == pa)
            break;
    }
}

TEST(every_frame_is_handed_out_once_until_none_is_left)
{
    static bool seen[FRAMES_MAX];
    uint32_t total = frame_count_total();
    paddr_t pa = 0;

    memset(seen, 0, sizeof(seen));
    for (uint32_t i = 0; i < total; i++) {
        pa = get();
        assert_false(seen[(pa - RAM) / PAGE_SIZE]);
        seen[(pa - RAM) / PAGE_SIZE] = true;
    }
    assert_int_equal(frame_count_free(), 0);
    assert_status(frame_alloc(&pa), ERR_NO_MEMORY);
    frame_free(pa);
    assert_int_equal(get(), pa);
    assert_status(frame_alloc(&pa), ERR_NO_MEMORY);
}

static void free_twice(void *arg)
{
    (void)arg;
    paddr_t pa = get();
    frame_free(pa);
    frame_free(pa);
}

/* The message names the frame, whose number depends on the profile. */
static void assert_refused(void (*fn)(void *))
{
    struct null_end end = null_run(fn, NULL);

    assert_int_equal(end.why, ARCH_OFF_PANIC);
    assert_non_null(strstr(end.message, "frame_free: frame "));
    assert_non_null(strstr(end.message, " is not in use"));
}

TEST(freeing_a_frame_twice_panics)
{
    assert_refused(free_twice);
}

static void free_reserved(void *arg)
{
    (void)arg;
    frame_free(RAM);
}

TEST(freeing_reserved_memory_panics)
{
    assert_refused(free_reserved);
}

static void free_half_a_frame(void *arg)
{
    (void)arg;
    frame_free(get() + 8);
}

TEST(freeing_an_address_inside_a_frame_panics)
{
    assert_refused(free_half_a_frame);
}

static void free_behind_the_end(void *arg)
{
    (void)arg;
    frame_free(RAM + NULL_RAM_MAX);
}

TEST(freeing_what_is_no_ram_panics)
{
    assert_refused(free_behind_the_end);
}

/* Whatever lies below the first frame that is handed out: with the full profile that is the allocator's own bitmap. */
static void free_below_the_first(void *arg)
{
    (void)arg;
    frame_free(get() - PAGE_SIZE);
}

TEST(freeing_the_allocator_s_own_memory_panics)
{
    assert_refused(free_below_the_first);
}

TEST(the_source_of_page_tables_draws_from_the_same_frames)
{
    const struct frame_source *source = frame_source_get();
    uint32_t total = frame_count_total();
    paddr_t pa = 0;

    assert_ok(source->alloc(source->ctx, &pa));
    assert_true(frame_is_used(pa));
    assert_int_equal(frame_count_free(), total - 1);
    source->free(source->ctx, pa);
    assert_false(frame_is_used(pa));
}

TEST(random_histories_agree_with_a_set)
{
    static paddr_t held[FRAMES_MAX];
    static bool out[FRAMES_MAX];
    struct test_random random = {.state = 77};
    uint32_t total = frame_count_total();
    uint32_t count = 0;

    memset(out, 0, sizeof(out));
    for (uint32_t step = 0; step < 30000; step++) {
        /* Long phases of growing and shrinking visit both ends. */
        bool grow = test_random_below(&random, 100) < (step / 5000 % 2 == 0 ? 80u : 20u);
        paddr_t pa = 0;

        if (grow) {
            status_t status = frame_alloc(&pa);
            assert_int_equal(status, count == total ? ERR_NO_MEMORY : STATUS_OK);
            if (status != STATUS_OK)
                continue;
            assert_false(out[(pa - RAM) / PAGE_SIZE]);
            out[(pa - RAM) / PAGE_SIZE] = true;
            held[count++] = pa;
        } else if (count > 0) {
            uint32_t i = test_random_below(&random, count);
            pa = held[i];
            held[i] = held[--count];
            out[(pa - RAM) / PAGE_SIZE] = false;
            frame_free(pa);
        }
        assert_int_equal(frame_count_free(), total - count);
    }
}

static status_t init_with(const struct boot_mmap_entry *map, uint32_t count)
{
    null_reset(NULL);
    return frame_init(map, count);
}

TEST(a_machine_without_memory_is_refused)
{
    assert_status(init_with(NULL, 0), ERR_NO_MEMORY);
}

TEST(reserved_memory_is_no_memory)
{
    const struct boot_mmap_entry map[] = {reserved(RAM, NULL_RAM_MAX)};

    assert_status(init_with(map, 1), ERR_NO_MEMORY);
}

TEST(a_range_one_page_too_small_is_refused)
{
    const uint64_t need = PAGES(CONFIG_POOL_FRAMES + (CONFIG_FULL ? 1 : 0)); /* full: and the bitmap */
    const struct boot_mmap_entry fits[] = {usable(RAM, need)};
    const struct boot_mmap_entry small[] = {usable(RAM, need - PAGE_SIZE)};

    assert_status(init_with(small, 1), ERR_NO_MEMORY);
    assert_ok(init_with(fits, 1));
    assert_int_equal(frame_count_total(), CONFIG_POOL_FRAMES);
}

TEST(parts_of_pages_at_the_ends_of_a_range_are_not_used)
{
    const uint64_t need = PAGES(CONFIG_POOL_FRAMES + (CONFIG_FULL ? 1 : 0));
    const struct boot_mmap_entry exact[] = {usable(RAM + 1, need + PAGE_SIZE - 1)};
    const struct boot_mmap_entry small[] = {usable(RAM + 1, need + PAGE_SIZE - 2)};

    assert_status(init_with(small, 1), ERR_NO_MEMORY);
    assert_ok(init_with(exact, 1));
    for (uint32_t i = frame_count_total(); i > 0; i--)
        assert_in_range(get(), RAM + PAGE_SIZE, RAM + need);
}

TEST(a_range_inside_one_page_is_ignored)
{
    const struct boot_mmap_entry map[] = {usable(RAM + 1, 8), usable(RAM + PAGE_SIZE, NULL_RAM_MAX - PAGE_SIZE)};

    assert_status(init_with(map, 1), ERR_NO_MEMORY);
    assert_ok(init_with(map, 2));
    assert_in_range(get(), RAM + PAGE_SIZE, RAM + NULL_RAM_MAX - 1);
}

TEST(holes_between_ranges_are_never_handed_out)
{
    const uint64_t half = NULL_RAM_MAX / 2;
    const struct boot_mmap_entry map[] = {usable(RAM, half - PAGES(8)), reserved(RAM + half - PAGES(8), PAGES(16)),
                                          usable(RAM + half + PAGES(8), half - PAGES(8))};
    paddr_t pa;

    assert_ok(init_with(map, 3));
    while (frame_alloc(&pa) == STATUS_OK)
        assert_false(pa >= RAM + half - PAGES(8) && pa < RAM + half + PAGES(8));
    assert_false(CONFIG_FULL && frame_count_total() != FRAMES_MAX - 16 - 1);
}

TEST(a_range_that_wraps_around_is_ignored)
{
    const struct boot_mmap_entry map[] = {usable(RAM, NULL_RAM_MAX / 2), usable(~0ull - PAGES(4), PAGES(1u << 20))};

    assert_ok(init_with(map, 2));
    assert_in_range(get(), RAM, RAM + NULL_RAM_MAX / 2 - 1);
    assert_true(frame_count_total() <= NULL_RAM_MAX / 2 / PAGE_SIZE);
}

TEST(a_range_that_starts_in_the_last_page_of_all_is_ignored)
{
    const struct boot_mmap_entry map[] = {usable(~0ull - 100, PAGES(CONFIG_POOL_FRAMES * 2)), usable(RAM, NULL_RAM_MAX)};

    assert_ok(init_with(map, 2));
    assert_in_range(get(), RAM, RAM + NULL_RAM_MAX - 1);
    assert_true(frame_count_total() <= FRAMES_MAX);
}

TEST(the_frame_at_address_0_is_never_handed_out)
{
    const struct boot_mmap_entry map[] = {usable(0, PAGES(CONFIG_FULL ? 1 : CONFIG_POOL_FRAMES)), usable(RAM, NULL_RAM_MAX)};
    paddr_t pa;

    assert_ok(init_with(map, 2));
    while (frame_alloc(&pa) == STATUS_OK)
        assert_true(pa >= RAM);
}

/* -- Invariants and faults -- */

static void assert_broken(const char *sentence)
{
    const char *broken = frame_check_module.check();

    assert_string_equal(broken ? broken : "nothing", sentence);
}

TEST(frames_come_and_go_until_the_mark)
{
    paddr_t pa = get();

    assert_broken("nothing");
    frame_mark();
    assert_broken("nothing");
    frame_free(pa);
    assert_broken("not as many frames are in use as when the boot was complete");
    pa = get();
    assert_broken("nothing");
    (void)get();
    assert_broken("not as many frames are in use as when the boot was complete");
}

/* The 16-bit word that says of the next frame that it is in use: it is the only one that changes to that. */
static uint16_t *find_used_word(void)
{
    static char before[65536];
    size_t size = kstate_size();
    uint16_t *words = (uint16_t *)(void *)__start_kstate, *found = NULL;

    assert_true(size <= sizeof(before));
    memcpy(before, __start_kstate, size);
    (void)get();
    for (size_t i = 0; i < size / 2; i++)
        if (words[i] == 0xFFFE && ((uint16_t *)(void *)before)[i] != 0xFFFE)
            found = &words[i];
    return found;
}

TEST(a_damaged_account_is_found)
{
    if (CONFIG_FULL) {
        ((uint64_t *)arch_phys_ptr(RAM + PAGES(16)))[1] ^= 1; /* the bitmap lies in the first usable frame */
    } else {
        uint16_t *word = find_used_word();

        assert_non_null(word);
        *word = 0xFFFF;
    }
    assert_broken("the count of free frames is wrong");
}

/* A little memory, much, and a little so far away that the bitmap takes ten pages; the far frames are never touched. */
static void assert_far_memory_serves(const struct boot_mmap_entry *map)
{
    const uint32_t near = 4 + 4000 - 10, far = 3;

    assert_ok(init_with(map, 3));
    assert_broken("nothing");
    assert_int_equal(frame_count_total(), near + far);
    for (uint32_t i = 0; i < near; i++) {
        paddr_t pa = get();

        assert_int_equal(pa, RAM + PAGES(i < 4 ? i : i - 4 + 32 + 10));
        assert_true(frame_is_used(pa));
    }
    assert_int_equal(frame_count_free(), far);
    assert_true(frame_is_used(RAM + PAGES(8))); /* holes count as used */
    assert_true(frame_is_used(RAM + PAGES(200000)));
    assert_false(frame_is_used(RAM + PAGES(300000 + 2)));
    assert_broken("nothing");
    frame_free(RAM + PAGES(1));
    frame_free(RAM);
    frame_free(RAM + PAGES(32 + 10));
    assert_int_equal(get(), RAM);
    assert_int_equal(get(), RAM + PAGES(1));
    assert_broken("nothing");
}

TEST(ranges_may_be_far_apart_and_in_any_order)
{
    const struct boot_mmap_entry little = usable(RAM, PAGES(4)), much = usable(RAM + PAGES(32), PAGES(4000)),
                                 far = usable(RAM + PAGES(300000), PAGES(3)), more = usable(RAM + PAGES(5), PAGES(2));

    if (!CONFIG_FULL)
        return; /* the pool lies in one range */
    assert_far_memory_serves((const struct boot_mmap_entry[]){little, much, far, more}); /* `more` is behind the count */
    assert_far_memory_serves((const struct boot_mmap_entry[]){far, much, little, more});
    assert_far_memory_serves((const struct boot_mmap_entry[]){much, far, little, more});
}

TEST(all_of_a_larger_second_range_is_memory)
{
    const struct boot_mmap_entry map[] = {usable(RAM, PAGES(4)), usable(RAM + PAGES(32), PAGES(4000))};
    uint32_t n = 0;
    paddr_t pa;

    assert_ok(init_with(map, 2));
    while (frame_alloc(&pa) == STATUS_OK)
        n++;
    assert_int_equal(n, frame_count_total());
    assert_int_equal(n, CONFIG_FULL ? 4 + 4000 - 1 : CONFIG_POOL_FRAMES);
    assert_broken("nothing");
}

TEST(an_allocation_can_be_made_to_fail)
{
    uint32_t free = frame_count_free();
    paddr_t pa = 0;

    null_fault(FAULT_FRAME, 2);
    (void)get();
    assert_status(frame_alloc(&pa), ERR_NO_MEMORY);
    assert_int_equal(pa, 0);
    assert_int_equal(null_fault_count(FAULT_FRAME), 2);
    (void)get();
    assert_int_equal(frame_count_free(), free - 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(all_frames_are_free_at_first, setup),
        cmocka_unit_test_setup(the_pool_has_its_configured_size, setup),
        cmocka_unit_test_setup(a_frame_is_a_page_of_usable_ram, setup),
        cmocka_unit_test_setup(taking_and_giving_back_are_counted, setup),
        cmocka_unit_test_setup(only_frames_that_are_out_are_used, setup),
        cmocka_unit_test_setup(an_address_inside_a_frame_is_no_frame, setup),
        cmocka_unit_test_setup(nothing_outside_ram_is_a_frame, setup),
        cmocka_unit_test_setup(a_frame_comes_zeroed_even_after_use, setup),
        cmocka_unit_test_setup(every_frame_is_handed_out_once_until_none_is_left, setup),
        cmocka_unit_test_setup(freeing_a_frame_twice_panics, setup),
        cmocka_unit_test_setup(freeing_reserved_memory_panics, setup),
        cmocka_unit_test_setup(freeing_an_address_inside_a_frame_panics, setup),
        cmocka_unit_test_setup(freeing_what_is_no_ram_panics, setup),
        cmocka_unit_test_setup(freeing_the_allocator_s_own_memory_panics, setup),
        cmocka_unit_test_setup(the_source_of_page_tables_draws_from_the_same_frames, setup),
        cmocka_unit_test_setup(random_histories_agree_with_a_set, setup),
        cmocka_unit_test_setup(frames_come_and_go_until_the_mark, setup),
        cmocka_unit_test_setup(a_damaged_account_is_found, setup),
        cmocka_unit_test_setup(an_allocation_can_be_made_to_fail, setup),
        cmocka_unit_test(ranges_may_be_far_apart_and_in_any_order),
        cmocka_unit_test(all_of_a_larger_second_range_is_memory),
        cmocka_unit_test(a_machine_without_memory_is_refused),
        cmocka_unit_test(reserved_memory_is_no_memory),
        cmocka_unit_test(a_range_one_page_too_small_is_refused),
        cmocka_unit_test(parts_of_pages_at_the_ends_of_a_range_are_not_used),
        cmocka_unit_test(a_range_inside_one_page_is_ignored),
        cmocka_unit_test(holes_between_ranges_are_never_handed_out),
        cmocka_unit_test(a_range_that_wraps_around_is_ignored),
        cmocka_unit_test(a_range_that_starts_in_the_last_page_of_all_is_ignored),
        cmocka_unit_test(the_frame_at_address_0_is_never_handed_out),
    };

    return cmocka_run_group_tests_name("frame", tests, NULL, NULL);
}
