/* SPDX-License-Identifier: MIT */
/* Copies between the kernel and user memory: rights, page edges, bad addresses. */
#include <arch/memory.h>
#include <arch/mmu.h>
#include <base/mem.h>

#include "suite.h"

#define VA 0x40200000ull /* two writable pages, then a read-only one, then nothing */
#define READ_ONLY (VA + 2 * PAGE_SIZE)
#define NOTHING (VA + 3 * PAGE_SIZE)
#define KERNEL_ONLY (VA + 5 * PAGE_SIZE) /* in the user half, but not for user mode */
#define CODE (VA + 7 * PAGE_SIZE)

static struct arch_space space;
static paddr_t frame[5];
static uint32_t live_before;

static bool begin(void)
{
    static const struct {
        vaddr_t va;
        uint32_t flags;
    } pages[ARRAY_LEN(frame)] = {
        {VA, ARCH_MAP_USER | ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE},
        {VA + PAGE_SIZE, ARCH_MAP_USER | ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE},
        {READ_ONLY, ARCH_MAP_USER | ARCH_MAP_NO_EXECUTE},
        {KERNEL_ONLY, ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE},
        {CODE, ARCH_MAP_USER},
    };
    live_before = hal.frames.live;
    if (arch_create_address_space(&space, 3, &hal.frames.source) != STATUS_OK)
        return false;
    /* Frames in descending order: neighbours in the space are none in RAM. */
    for (uint32_t i = ARRAY_LEN(frame); i-- > 0;)
        frame[i] = test_frame(&hal.frames);
    for (uint32_t i = 0; i < ARRAY_LEN(frame); i++) {
        if (arch_map_page(&space, pages[i].va, frame[i], pages[i].flags) != STATUS_OK)
            return false;
    }
    return true;
}

static bool end(void)
{
    arch_destroy_address_space(&space);
    for (uint32_t i = 0; i < ARRAY_LEN(frame); i++)
        test_frame_free(&hal.frames, frame[i]);
    return hal.frames.live == live_before;
}

static status_t put(vaddr_t va, const void *src, size_t len)
{
    return arch_copy_to_user(&space, (struct uaddr){va}, src, len);
}

static status_t get(void *dst, vaddr_t va, size_t len)
{
    return arch_copy_from_user(&space, dst, (struct uaddr){va}, len);
}

static void bytes_arrive(void)
{
    static const uint8_t text[] = "conformance";
    uint8_t back[sizeof(text)];
    CHECK(begin());
    CHECK_OK(put(VA + 5, text, sizeof(text)));
    const uint8_t *ram = arch_phys_ptr(frame[0]);
    CHECK(memcmp(ram + 5, text, sizeof(text)) == 0);
    CHECK(ram[4] == 0 && ram[5 + sizeof(text)] == 0);
    CHECK_OK(get(back, VA + 5, sizeof(back)));
    CHECK(memcmp(back, text, sizeof(text)) == 0);
    CHECK(end());
}

static void copies_cross_pages(void)
{
    uint8_t text[16];
    uint8_t back[16] = {0};
    CHECK(begin());
    for (uint32_t i = 0; i < sizeof(text); i++)
        text[i] = (uint8_t)(0xC0 + i);
    for (vaddr_t va = VA + PAGE_SIZE - sizeof(text); va <= VA + PAGE_SIZE; va++) {
        CHECK_OK(put(va, text, sizeof(text)));
        memset(back, 0, sizeof(back));
        CHECK_OK(get(back, va, sizeof(back)));
        CHECK(memcmp(back, text, sizeof(text)) == 0);
    }
    CHECK(*(uint8_t *)arch_phys_ptr(frame[1]) == 0xC0);
    CHECK(end());
}

static void large_copies_work(void)
{
    static uint8_t big[2 * PAGE_SIZE];
    CHECK(begin());
    for (uint32_t i = 0; i < sizeof(big); i++)
        big[i] = (uint8_t)(i * 7 + i / 256);
    CHECK_OK(put(VA, big, sizeof(big)));
    CHECK(memcmp(arch_phys_ptr(frame[0]), big, PAGE_SIZE) == 0);
    CHECK(memcmp(arch_phys_ptr(frame[1]), big + PAGE_SIZE, PAGE_SIZE) == 0);
    memset(big, 0, sizeof(big));
    CHECK_OK(get(big, VA, sizeof(big)));
    CHECK(big[1] == 7 && big[sizeof(big) - 1] == (uint8_t)((sizeof(big) - 1) * 7 + (sizeof(big) - 1) / 256));
    CHECK(end());
}

static void read_only_can_be_read(void)
{
    uint8_t byte = 1;
    CHECK(begin());
    *(uint8_t *)arch_phys_ptr(frame[2]) = 0x77;
    CHECK_OK(get(&byte, READ_ONLY, 1));
    CHECK(byte == 0x77);
    CHECK_OK(get(&byte, CODE, 1));
    CHECK_STATUS(put(READ_ONLY, &byte, 1), ERR_BAD_ADDRESS);
    CHECK_STATUS(put(CODE, &byte, 1), ERR_BAD_ADDRESS);
    CHECK(end());
}

static void last_byte_counts(void)
{
    uint8_t bytes[8] = {0};
    CHECK(begin());
    CHECK_OK(get(bytes, NOTHING - 8, 8));
    CHECK_STATUS(get(bytes, NOTHING - 7, 8), ERR_BAD_ADDRESS);
    CHECK_STATUS(get(bytes, NOTHING, 1), ERR_BAD_ADDRESS);
    CHECK_OK(put(READ_ONLY - 8, bytes, 8));
    CHECK_STATUS(put(READ_ONLY - 7, bytes, 8), ERR_BAD_ADDRESS);
    CHECK_STATUS(get(bytes, VA - 1, 8), ERR_BAD_ADDRESS);
    CHECK(end());
}

static void kernel_pages_are_refused(void)
{
    uint8_t byte = 0;
    CHECK(begin());
    CHECK_STATUS(get(&byte, KERNEL_ONLY, 1), ERR_BAD_ADDRESS);
    CHECK_STATUS(put(KERNEL_ONLY, &byte, 1), ERR_BAD_ADDRESS);
    CHECK_STATUS(get(&byte, ARCH_KERNEL_VBASE, 1), ERR_BAD_ADDRESS);
    CHECK_STATUS(put(ARCH_KERNEL_VBASE, &byte, 1), ERR_BAD_ADDRESS);
    CHECK_STATUS(put((vaddr_t)(uintptr_t)&byte, &byte, 1), ERR_BAD_ADDRESS);
    CHECK(end());
}

static void addresses_do_not_wrap(void)
{
    uint8_t bytes[16] = {0};
    CHECK(begin());
    CHECK_STATUS(get(bytes, ~0ull - 3, sizeof(bytes)), ERR_BAD_ADDRESS);
    CHECK_STATUS(put(~0ull - 3, bytes, sizeof(bytes)), ERR_BAD_ADDRESS);
    CHECK_STATUS(get(bytes, ARCH_USER_VTOP - 3, sizeof(bytes)), ERR_BAD_ADDRESS);
    CHECK_STATUS(get(bytes, 1ull << 62, 1), ERR_BAD_ADDRESS);
    CHECK_STATUS(get(bytes, 0, 1), ERR_BAD_ADDRESS);
    CHECK(end());
}

static void nothing_is_always_allowed(void)
{
    uint8_t byte = 0;
    CHECK(begin());
    CHECK_OK(get(&byte, NOTHING, 0));
    CHECK_OK(put(NOTHING, &byte, 0));
    CHECK(end());
}

static const struct hal_test tests[] = {
    {"bytes arrive, and no others", bytes_arrive},
    {"copies cross page edges", copies_cross_pages},
    {"copies of several pages", large_copies_work},
    {"read-only pages can be read, not written", read_only_can_be_read},
    {"the first byte out of reach fails the copy", last_byte_counts},
    {"kernel pages and kernel addresses are refused", kernel_pages_are_refused},
    {"addresses do not wrap around", addresses_do_not_wrap},
    {"no bytes need no rights", nothing_is_always_allowed},
};
const struct hal_group hal_copy_group = {tests, ARRAY_LEN(tests)};
