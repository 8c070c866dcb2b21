/* SPDX-License-Identifier: MIT */
/* Address spaces, user copies and kernel stacks over real tables in the process's own memory. */
#include "fake.h"

#include <arch/context.h>
#include <arch/mmu.h>
#include <base/mem.h>
#include <common/cpu.h>
#include <common/kstack.h>
#include <common/port.h>

#define FRAMES 64u
#define PAGES 3u             /* user pages in a row */
#define VA 0x40000000ull     /* the first of them */
#define SIZE (PAGES * PAGE_SIZE)
#define RW (ARCH_MAP_USER | ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE)
#define RO (ARCH_MAP_USER | ARCH_MAP_NO_EXECUTE)

struct hal_state hal_state;

static uint8_t frames[FRAMES][PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
static uint8_t pages[PAGES][PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));

/* What the port was told last, and how the frames stood then. */
static struct {
    uint32_t live, limit;
    bool used[FRAMES];
    paddr_t loaded;
    uint32_t loaded_asid;
    uint32_t flushed_asid;
    vaddr_t flushed_va;
    uint32_t flushes, live_at_flush, changes;
} port;

struct hal_cpu *hal_cpu(void)
{
    return &hal_state.cpu[0];
}

void port_space_load(paddr_t root, uint32_t asid)
{
    port.loaded = root;
    port.loaded_asid = asid;
}

void port_tlb_flush_page(vaddr_t va)
{
    port.flushed_va = va;
    port.flushes++;
}

void port_tlb_flush_all(void)
{
    port.flushes++;
}

void port_tlb_invalidate(uint32_t asid, vaddr_t va)
{
    port.flushed_asid = asid;
    port.flushed_va = va;
    port.flushes++;
}

void port_tlb_invalidate_space(uint32_t asid)
{
    port.flushed_asid = asid;
    port.live_at_flush = port.live;
    port.flushes++;
}

void port_kernel_map_changed(void)
{
    port.changes++;
}

static status_t take(void *ctx, paddr_t *out)
{
    (void)ctx;
    for (uint32_t i = 0; i < FRAMES && port.live < port.limit; i++) {
        if (port.used[i])
            continue;
        port.used[i] = true;
        port.live++;
        memset(frames[i], 0, PAGE_SIZE);
        *out = hal_image_phys(frames[i]);
        return STATUS_OK;
    }
    return ERR_NO_MEMORY;
}

static void give(void *ctx, paddr_t pa)
{
    uint64_t index = (pa - hal_image_phys(frames)) / PAGE_SIZE;

    (void)ctx;
    assert_true(index < FRAMES && port.used[index]);
    port.used[index] = false;
    port.live--;
    memset(frames[index], 0xA5, PAGE_SIZE); /* whoever still looks at it finds nonsense */
}

static const struct frame_source source = {.alloc = take, .free = give};
static struct arch_space space;

/* RAM is the image's surroundings, and of the pages what is not in there already. */
static bool add_ram(void)
{
    struct hal_range ram = fake_image_ram();
    bool added = hal_map_add_ram(ram.base, ram.size) == STATUS_OK;

    for (uint32_t i = 0; added && i < PAGES; i++) {
        paddr_t pa = hal_image_phys(pages[i]);
        if (pa - ram.base >= ram.size)
            added = hal_map_add_ram(pa, PAGE_SIZE) == STATUS_OK;
    }
    return added;
}

/* The kernel half of a machine with this memory, and a space with number 5. */
static int begin(void **state)
{
    (void)fake_setup(state);
    memset(&port, 0, sizeof port);
    port.limit = FRAMES;
    if (!add_ram())
        return -1;
    (void)hal_map_build(2);
    if (arch_mmu_init(&source) != STATUS_OK)
        return -1;
    return arch_create_address_space(&space, 5, &source) == STATUS_OK ? 0 : -1;
}

static paddr_t page(uint32_t i)
{
    return hal_image_phys(pages[i]);
}

static void map_pages(uint32_t flags)
{
    for (uint32_t i = 0; i < PAGES; i++)
        assert_int_equal(arch_map_page(&space, VA + i * PAGE_SIZE, page(i), flags), STATUS_OK);
}

/* -- Spaces -- */

TEST(spaces_share_the_kernel_half)
{
    const uint64_t *own = hal_direct(space.root), *kernel = hal_direct(hal_map.root);
    uint32_t flags;

    for (uint32_t i = 0; i < PT_ENTRIES; i++)
        assert_int_equal(own[i], i < PT_ENTRIES / 2 ? 0 : kernel[i]);
    assert_int_equal(arch_walk(&space, ARCH_KERNEL_VBASE + hal_image_phys(image_start), NULL, &flags), STATUS_OK);
    assert_int_equal(flags, ARCH_MAP_PRESENT);
}

TEST(numbers_of_spaces_are_1_to_255)
{
    struct arch_space other;

    assert_int_equal(arch_create_address_space(&other, 0, &source), ERR_INVALID_ARGS);
    assert_int_equal(arch_create_address_space(&other, 256, &source), ERR_INVALID_ARGS);
    assert_int_equal(arch_create_address_space(&other, 255, &source), STATUS_OK);
}

TEST(changes_flush_and_new_mappings_do_not)
{
    map_pages(RW);
    assert_int_equal(port.flushes, 0);
    assert_int_equal(arch_protect_page(&space, VA + PAGE_SIZE, RO), STATUS_OK);
    assert_true(port.flushes == 1 && port.flushed_asid == 5 && port.flushed_va == VA + PAGE_SIZE);
    assert_int_equal(arch_unmap_page(&space, VA), STATUS_OK);
    assert_true(port.flushes == 2 && port.flushed_va == VA);
    assert_int_equal(arch_unmap_page(&space, VA), ERR_NOT_FOUND);
    assert_int_equal(arch_protect_page(&space, VA, RO), ERR_NOT_FOUND);
    assert_int_equal(port.flushes, 2);
}

TEST(tables_go_after_everybody_has_forgotten_them)
{
    map_pages(RW);
    uint32_t live = port.live;
    assert_true(live > 1);
    arch_destroy_address_space(&space);
    assert_true(port.flushed_asid == 5 && port.live_at_flush == live);
    assert_int_equal(port.live, 0);
}

TEST(switching_loads_root_and_number)
{
    arch_switch_address_space(&space);
    assert_true(port.loaded == space.root && port.loaded_asid == 5 && hal_cpu()->space == &space);
    arch_switch_address_space(NULL);
    assert_true(port.loaded == 0 && port.loaded_asid == 0 && hal_cpu()->space == NULL);
}

/* -- Copies -- */

static uint8_t flat[SIZE + 2], shadow[SIZE];

/* The user's pages and what they should hold. */
static void fill(uint8_t seed)
{
    for (uint32_t i = 0; i < SIZE; i++)
        shadow[i] = pages[i / PAGE_SIZE][i % PAGE_SIZE] = (uint8_t)(i * 31 + i / 251 + seed);
    memset(flat, seed, sizeof flat);
}

static void expect_pages(void)
{
    for (uint32_t i = 0; i < PAGES; i++)
        assert_memory_equal(pages[i], shadow + i * PAGE_SIZE, PAGE_SIZE);
}

/* Ranges that begin and end around the borders of pages. */
static void for_ranges(void (*run)(uint32_t from, uint32_t to))
{
    static const uint32_t edges[] = {0, 1, 7, 4095, 4096, 4097, 8191, 8192, 8200, SIZE - 1, SIZE};

    for (uint32_t i = 0; i < sizeof edges / sizeof *edges; i++) {
        for (uint32_t k = i; k < sizeof edges / sizeof *edges; k++)
            run(edges[i], edges[k]);
    }
}

static void copy_out(uint32_t from, uint32_t to)
{
    fill(3);
    assert_int_equal(arch_copy_from_user(&space, flat + 1, (struct uaddr){VA + from}, to - from), STATUS_OK);
    assert_memory_equal(flat + 1, shadow + from, to - from);
    assert_true(flat[0] == 3 && flat[1 + to - from] == 3);
    expect_pages();
}

static void copy_in(uint32_t from, uint32_t to)
{
    fill(9);
    for (uint32_t i = 0; i < to - from; i++)
        shadow[from + i] = flat[i] = (uint8_t)(i ^ 0x55);
    assert_int_equal(arch_copy_to_user(&space, (struct uaddr){VA + from}, flat, to - from), STATUS_OK);
    expect_pages();
}

TEST(copies_cross_pages)
{
    map_pages(RW);
    for_ranges(copy_out);
    for_ranges(copy_in);
}

/* The second page is not the user's to touch: what lies before it may have been copied, nothing behind it. */
static void expect_refusal(uint32_t from, uint32_t to)
{
    status_t expected = to <= PAGE_SIZE || from >= 2 * PAGE_SIZE || from == to ? STATUS_OK : ERR_BAD_ADDRESS;

    fill(1);
    assert_int_equal(arch_copy_from_user(&space, flat, (struct uaddr){VA + from}, to - from), expected);
    fill(2);
    memset(flat, 0xEE, sizeof flat);
    assert_int_equal(arch_copy_to_user(&space, (struct uaddr){VA + from}, flat, to - from), expected);
    assert_memory_equal(pages[1], shadow + PAGE_SIZE, PAGE_SIZE);
    if (expected != STATUS_OK)
        assert_memory_equal(pages[2], shadow + 2 * PAGE_SIZE, PAGE_SIZE);
}

TEST(copies_stop_at_a_page_that_is_not_there)
{
    map_pages(RW);
    assert_int_equal(arch_unmap_page(&space, VA + PAGE_SIZE), STATUS_OK);
    for_ranges(expect_refusal);
}

TEST(copies_stop_at_a_page_of_the_kernel)
{
    map_pages(RW);
    assert_int_equal(arch_protect_page(&space, VA + PAGE_SIZE, ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE), STATUS_OK);
    for_ranges(expect_refusal);
}

TEST(copies_honour_the_right_to_write)
{
    map_pages(RO);
    fill(1);
    assert_int_equal(arch_copy_to_user(&space, (struct uaddr){VA}, flat, 1), ERR_BAD_ADDRESS);
    assert_int_equal(arch_copy_from_user(&space, flat, (struct uaddr){VA}, 1), STATUS_OK);
    expect_pages();
}

TEST(addresses_of_the_kernel_are_no_users)
{
    static const vaddr_t bad[] = {ARCH_USER_VTOP, ARCH_USER_VTOP + 1, ARCH_KERNEL_VBASE, ~0ull, 1ull << 62};
    uint8_t bytes[4] = {0};

    for (uint32_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(arch_copy_from_user(&space, bytes, (struct uaddr){bad[i]}, 2), ERR_BAD_ADDRESS);
        assert_int_equal(arch_copy_to_user(&space, (struct uaddr){bad[i]}, bytes, 2), ERR_BAD_ADDRESS);
    }
    vaddr_t text = ARCH_KERNEL_VBASE + hal_image_phys(image_start);
    assert_int_equal(arch_copy_from_user(&space, bytes, (struct uaddr){text}, 1), ERR_BAD_ADDRESS);
}

/* -- Kernel stacks -- */

TEST(a_stack_has_its_pages_and_a_guard)
{
    struct arch_kstack stack;
    struct pt_leaf leaf;

    assert_int_equal(arch_kstack_create(&stack, 7), STATUS_OK);
    assert_int_equal(stack.top, PORT_KSTACK_VBASE + 8 * KSTACK_SPAN);
    for (vaddr_t va = stack.top - ARCH_STACK_SIZE; va < stack.top; va += PAGE_SIZE) {
        assert_int_equal(hal_map_walk(va, &leaf), STATUS_OK);
        assert_int_equal(leaf.flags, ARCH_MAP_PRESENT | ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE);
        assert_int_equal(kstack_guard_index(va), -1);
    }
    vaddr_t guard = stack.top - ARCH_STACK_SIZE - 1;
    assert_int_equal(hal_map_walk(guard, &leaf), ERR_NOT_FOUND);
    assert_int_equal(kstack_guard_index(guard), 7);
    assert_int_equal(kstack_guard_index(guard - PAGE_SIZE), -1);
    assert_int_equal(kstack_guard_index(PORT_KSTACK_VBASE - 1), -1);
    assert_int_equal(kstack_guard_index(PORT_KSTACK_VBASE + KSTACK_COUNT * KSTACK_SPAN), -1);
    assert_int_equal(port.changes, 1);
}

TEST(frames_of_a_stack_are_kept_for_the_next)
{
    struct arch_kstack stack;

    assert_int_equal(arch_kstack_create(&stack, 0), STATUS_OK);
    uint32_t live = port.live;
    arch_kstack_destroy(&stack);
    assert_int_equal(stack.top, 0);
    assert_int_equal(arch_kstack_create(&stack, 0), STATUS_OK);
    assert_true(port.live == live && port.changes == 1);
    assert_int_equal(arch_kstack_create(&stack, KSTACK_COUNT), ERR_INVALID_ARGS);
}

/* However many frames are missing, a later attempt goes on where the first one stopped. */
TEST(a_stack_without_memory_can_be_tried_again)
{
    struct arch_kstack stack;
    uint32_t before = port.live, tries = 0;

    for (port.limit = before; arch_kstack_create(&stack, 3) == ERR_NO_MEMORY; port.limit++) {
        assert_int_equal(stack.top, 0);
        assert_true(++tries < FRAMES);
    }
    assert_true(tries >= ARCH_STACK_SIZE / PAGE_SIZE);
    assert_int_equal(port.live - before, tries);
}

int main(void)
{
#define IN_SPACE(test) cmocka_unit_test_setup_teardown(test, begin, fake_teardown)
    const struct CMUnitTest tests[] = {
        IN_SPACE(spaces_share_the_kernel_half),
        IN_SPACE(numbers_of_spaces_are_1_to_255),
        IN_SPACE(changes_flush_and_new_mappings_do_not),
        IN_SPACE(tables_go_after_everybody_has_forgotten_them),
        IN_SPACE(switching_loads_root_and_number),
        IN_SPACE(copies_cross_pages),
        IN_SPACE(copies_stop_at_a_page_that_is_not_there),
        IN_SPACE(copies_stop_at_a_page_of_the_kernel),
        IN_SPACE(copies_honour_the_right_to_write),
        IN_SPACE(addresses_of_the_kernel_are_no_users),
        IN_SPACE(a_stack_has_its_pages_and_a_guard),
        IN_SPACE(frames_of_a_stack_are_kept_for_the_next),
        IN_SPACE(a_stack_without_memory_can_be_tried_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
