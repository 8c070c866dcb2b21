/* SPDX-License-Identifier: MIT */
/* Address spaces without any CPU in them: map, walk, protect, unmap, errors, memory. */
#include <arch/cpu.h>
#include <arch/memory.h>
#include <arch/mmu.h>

#include "suite.h"

#define VA 0x40100000ull
#define RW (ARCH_MAP_USER | ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE)
#define RO (ARCH_MAP_USER | ARCH_MAP_NO_EXECUTE)
#define RX ARCH_MAP_USER
#define CYCLES 10000u

static struct arch_space space;
static paddr_t page; /* a frame to map */
static uint32_t live_before;

static bool begin(void)
{
    live_before = hal.frames.live;
    page = test_frame(&hal.frames);
    return arch_create_address_space(&space, 1, &hal.frames.source) == STATUS_OK;
}

/* True if everything was given back. */
static bool end(void)
{
    arch_destroy_address_space(&space);
    test_frame_free(&hal.frames, page);
    return hal.frames.live == live_before;
}

/* Does `va` lead to `pa` with exactly these flags? */
static bool leads_to(vaddr_t va, paddr_t pa, uint32_t flags)
{
    paddr_t found_pa;
    uint32_t found_flags;
    return arch_walk(&space, va, &found_pa, &found_flags) == STATUS_OK && found_pa == pa &&
           found_flags == (flags | ARCH_MAP_PRESENT);
}

static bool leads_nowhere(vaddr_t va)
{
    return arch_walk(&space, va, NULL, NULL) == ERR_NOT_FOUND;
}

static void new_space_is_empty(void)
{
    CHECK(begin());
    CHECK(space.root % PAGE_SIZE == 0 && arch_phys_ptr(space.root) != NULL);
    CHECK(space.asid == 1 && space.frames == &hal.frames.source);
    CHECK(leads_nowhere(0));
    CHECK(leads_nowhere(VA));
    CHECK(leads_nowhere(ARCH_USER_VTOP));
    CHECK(end());
}

static void map_walk_unmap(void)
{
    CHECK(begin());
    CHECK_OK(arch_map_page(&space, VA, page, RW));
    CHECK(leads_to(VA, page, RW));
    CHECK(leads_to(VA + 0x123, page + 0x123, RW));
    CHECK(leads_nowhere(VA - 1) && leads_nowhere(VA + PAGE_SIZE));
    CHECK_OK(arch_walk(&space, VA, NULL, NULL));
    CHECK_OK(arch_unmap_page(&space, VA));
    CHECK(leads_nowhere(VA));
    CHECK(end());
}

static void flags_are_kept(void)
{
    static const uint32_t flags[] = {RX, RO, RW, RW | ARCH_MAP_NOCACHE, RO | ARCH_MAP_PRESENT, ARCH_MAP_NO_EXECUTE, 0,
                                     ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE};
    CHECK(begin());
    for (uint32_t i = 0; i < ARRAY_LEN(flags); i++)
        CHECK_OK(arch_map_page(&space, VA + i * PAGE_SIZE, page, flags[i]));
    for (uint32_t i = 0; i < ARRAY_LEN(flags); i++)
        CHECK(leads_to(VA + i * PAGE_SIZE, page, flags[i]));
    CHECK(end());
}

static void ends_of_user_half_can_be_mapped(void)
{
    vaddr_t first = (ARCH_USER_VBASE + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE;
    vaddr_t last = ARCH_USER_VTOP - (PAGE_SIZE - 1);
    CHECK(begin());
    CHECK_OK(arch_map_page(&space, first, page, RO));
    CHECK_OK(arch_map_page(&space, last, page, RW));
    CHECK(leads_to(first, page, RO));
    CHECK(leads_to(ARCH_USER_VTOP, page + PAGE_SIZE - 1, RW));
    CHECK(end());
}

static void double_map_is_refused(void)
{
    CHECK(begin());
    CHECK_OK(arch_map_page(&space, VA, page, RW));
    CHECK_STATUS(arch_map_page(&space, VA, page, RW), ERR_ALREADY_EXISTS);
    CHECK_STATUS(arch_map_page(&space, VA, page + PAGE_SIZE, RO), ERR_ALREADY_EXISTS);
    CHECK(leads_to(VA, page, RW));
    CHECK(end());
}

static void unaligned_is_refused(void)
{
    CHECK(begin());
    CHECK_STATUS(arch_map_page(&space, VA + 1, page, RW), ERR_INVALID_ARGS);
    CHECK_STATUS(arch_map_page(&space, VA, page + 8, RW), ERR_INVALID_ARGS);
    CHECK(leads_nowhere(VA));
    CHECK(end());
}

static void kernel_half_is_refused(void)
{
    CHECK(begin());
    CHECK_STATUS(arch_map_page(&space, ARCH_KERNEL_VBASE, page, RW), ERR_INVALID_ARGS);
    CHECK_STATUS(arch_map_page(&space, ARCH_USER_VTOP + 1, page, RW), ERR_INVALID_ARGS);
    CHECK_STATUS(arch_map_page(&space, ~0ull - (PAGE_SIZE - 1), page, RW), ERR_INVALID_ARGS);
    CHECK_STATUS(arch_map_page(&space, 1ull << 62, page, RW), ERR_INVALID_ARGS);
    CHECK(arch_unmap_page(&space, ARCH_KERNEL_VBASE) != STATUS_OK);
    CHECK(arch_protect_page(&space, ARCH_KERNEL_VBASE, RO) != STATUS_OK);
    CHECK(end());
}

static void write_and_execute_is_refused(void)
{
    CHECK(begin());
    CHECK_STATUS(arch_map_page(&space, VA, page, ARCH_MAP_USER | ARCH_MAP_WRITABLE), ERR_INVALID_ARGS);
    CHECK(leads_nowhere(VA));
    CHECK_OK(arch_map_page(&space, VA, page, RX));
    CHECK_STATUS(arch_protect_page(&space, VA, ARCH_MAP_USER | ARCH_MAP_WRITABLE), ERR_INVALID_ARGS);
    CHECK(leads_to(VA, page, RX));
    CHECK(end());
}

static void protect_replaces_flags(void)
{
    CHECK(begin());
    CHECK_OK(arch_map_page(&space, VA, page, RW));
    CHECK_OK(arch_protect_page(&space, VA, RX));
    CHECK(leads_to(VA, page, RX));
    CHECK_OK(arch_protect_page(&space, VA, RO));
    CHECK(leads_to(VA, page, RO));
    CHECK_STATUS(arch_protect_page(&space, VA + PAGE_SIZE, RO), ERR_NOT_FOUND);
    CHECK_STATUS(arch_protect_page(&space, VA + 4, RO), ERR_INVALID_ARGS);
    CHECK(end());
}

static void unmap_of_nothing_is_told(void)
{
    CHECK(begin());
    CHECK_STATUS(arch_unmap_page(&space, VA), ERR_NOT_FOUND);
    CHECK_OK(arch_map_page(&space, VA, page, RW));
    CHECK_OK(arch_unmap_page(&space, VA));
    CHECK_STATUS(arch_unmap_page(&space, VA), ERR_NOT_FOUND);
    CHECK(end());
}

static void spaces_are_separate(void)
{
    struct arch_space other;
    CHECK(begin());
    CHECK_OK(arch_create_address_space(&other, 2, &hal.frames.source));
    CHECK(other.root != space.root);
    CHECK_OK(arch_map_page(&space, VA, page, RW));
    CHECK_STATUS(arch_walk(&other, VA, NULL, NULL), ERR_NOT_FOUND);
    CHECK_OK(arch_map_page(&other, VA, page, RO));
    arch_destroy_address_space(&other);
    CHECK(leads_to(VA, page, RW));
    CHECK(end());
}

static void pages_far_apart(void)
{
    CHECK(begin());
    for (vaddr_t va = PAGE_SIZE; va < ARCH_USER_VTOP; va *= 2)
        CHECK_OK(arch_map_page(&space, va, page, RO));
    for (vaddr_t va = PAGE_SIZE; va < ARCH_USER_VTOP; va *= 2) {
        CHECK(leads_to(va, page, RO));
        CHECK(va == PAGE_SIZE || leads_nowhere(va + PAGE_SIZE));
    }
    CHECK(end());
}

/* With every number of frames that is too small, the call fails and takes nothing. */
static void no_memory_changes_nothing(void)
{
    CHECK(begin());
    CHECK_OK(arch_map_page(&space, VA, page, RO));
    uint32_t needed = 0;
    for (status_t status = ERR_NO_MEMORY; status != STATUS_OK; needed++) {
        uint32_t live = hal.frames.live;
        hal.frames.limit = live + needed;
        status = arch_map_page(&space, ARCH_USER_VTOP - (PAGE_SIZE - 1), page, RW);
        hal.frames.limit = ~0u;
        CHECK(status == STATUS_OK || status == ERR_NO_MEMORY);
        CHECK(status == STATUS_OK || (hal.frames.live == live && leads_nowhere(ARCH_USER_VTOP)));
        CHECK(leads_to(VA, page, RO));
    }
    CHECK(needed >= 2 && needed <= ARCH_PT_LEVELS);
    CHECK(end());
}

static void no_memory_creates_nothing(void)
{
    uint32_t live = hal.frames.live;
    uint32_t needed = 0;
    for (status_t status = ERR_NO_MEMORY; status != STATUS_OK; needed++) {
        hal.frames.limit = live + needed;
        status = arch_create_address_space(&space, 1, &hal.frames.source);
        hal.frames.limit = ~0u;
        CHECK(status == STATUS_OK || (status == ERR_NO_MEMORY && hal.frames.live == live));
    }
    CHECK(needed >= 2);
    arch_destroy_address_space(&space);
    CHECK(hal.frames.live == live);
}

static void cycles_leak_nothing(void)
{
    uint32_t live = hal.frames.live;
    paddr_t frame = test_frame(&hal.frames);
    for (uint32_t i = 0; i < CYCLES; i++) {
        CHECK_OK(arch_create_address_space(&space, 1 + i % 255, &hal.frames.source));
        CHECK_OK(arch_map_page(&space, VA + (uint64_t)(i % 1024) * PAGE_SIZE, frame, RW));
        arch_destroy_address_space(&space);
        CHECK(hal.frames.live == live + 1);
    }
    test_frame_free(&hal.frames, frame);
}

static void switching_to_no_space(void)
{
    CHECK(begin());
    arch_switch_address_space(&space);
    arch_flush_tlb(VA);
    arch_flush_tlb_all();
    arch_switch_address_space(NULL);
    CHECK(end());
}

static const struct hal_test tests[] = {
    {"a new space is empty", new_space_is_empty},
    {"map, walk, unmap", map_walk_unmap},
    {"every combination of flags is kept", flags_are_kept},
    {"both ends of the user half can be mapped", ends_of_user_half_can_be_mapped},
    {"a second mapping is refused", double_map_is_refused},
    {"unaligned addresses are refused", unaligned_is_refused},
    {"the kernel half is refused", kernel_half_is_refused},
    {"writable and executable is refused", write_and_execute_is_refused},
    {"protect replaces flags", protect_replaces_flags},
    {"unmapping nothing is told", unmap_of_nothing_is_told},
    {"spaces are separate", spaces_are_separate},
    {"pages far apart", pages_far_apart},
    {"without memory mapping changes nothing", no_memory_changes_nothing},
    {"without memory no space is made", no_memory_creates_nothing},
    {"10,000 spaces leak nothing", cycles_leak_nothing},
    {"a CPU can leave a space", switching_to_no_space},
};
const struct hal_group hal_mmu_group = {tests, ARRAY_LEN(tests)};
