/* SPDX-License-Identifier: MIT */
/* The call fuzzer's oracle of memory: what a task finds at its start, what it can use, and that a grant hides nothing. */
#include <string.h>

#include <abi/layout.h>
#include <abi/status.h>
#include <arch/mmu.h>
#include <ipc/ipc.h>
#include <null/null.h>
#include <support/image.h>

#include "calls.h"

static uint64_t written[LAYOUT_GRANT_COUNT]; /* when the page of a grant was last written */

void memory_begin(void)
{
    memset(written, 0, sizeof(written));
}

static bool in_window(vaddr_t va, vaddr_t base, vaddr_t stride, vaddr_t size, uint32_t slot)
{
    return va >= base + slot * stride && va - (base + slot * stride) < size;
}

static bool is_grant(vaddr_t va, uint32_t *id)
{
    for (*id = 0; *id < LAYOUT_GRANT_COUNT; ++*id)
        if (in_window(va, LAYOUT_GRANT_BASE, LAYOUT_GRANT_STRIDE, LAYOUT_GRANT_SIZE, *id))
            return true;
    return false;
}

bool memory_is_own(uint32_t task, vaddr_t va, enum arch_access access)
{
    if (in_window(va, LAYOUT_STACK_BASE, LAYOUT_STACK_STRIDE, LAYOUT_STACK_SIZE, task))
        return access != ARCH_ACCESS_EXECUTE;
    if (in_window(va, image_base(0) + IMAGE_DATA_OFFSET, LAYOUT_IMAGE_STRIDE, 2 * PAGE_SIZE, task))
        return access != ARCH_ACCESS_EXECUTE;
    return in_window(va, image_base(0) + IMAGE_CODE_OFFSET, LAYOUT_IMAGE_STRIDE, PAGE_SIZE, task) && access != ARCH_ACCESS_WRITE;
}

bool oracle_is_shared(uint32_t task, vaddr_t va)
{
    uint32_t id, owner;

    return is_grant(va, &id) && ipc_grant_maps(id, task, &owner);
}

void oracle_accessed(uint32_t task, vaddr_t va, enum arch_access access, bool shared, bool allowed)
{
    uint32_t id;

    REQUIRE(allowed || !memory_is_own(task, va, access), "a task can use its own memory");
    REQUIRE(!allowed || memory_is_own(task, va, access) || (shared && access != ARCH_ACCESS_EXECUTE), "a task can use nothing else");
    if (allowed && is_grant(va, &id) && access == ARCH_ACCESS_WRITE)
        written[id] = oracle_time();
}

static void require_bytes(vaddr_t va, const char *start, size_t known, size_t size, const char *sentence)
{
    static const uint8_t zeros[2 * PAGE_SIZE];
    uint8_t bytes[sizeof(zeros)];

    REQUIRE(arch_copy_from_user(null_space(), bytes, (struct uaddr){va}, size) == STATUS_OK, sentence);
    REQUIRE(memcmp(bytes, start, known) == 0 && memcmp(bytes + known, zeros, size - known) == 0, sentence);
}

void memory_check_start(uint32_t task)
{
    require_bytes(image_base(task), IMAGE_CODE_TEXT, sizeof(IMAGE_CODE_TEXT), PAGE_SIZE, "a program starts with its code");
    require_bytes(image_base(task) + IMAGE_DATA_OFFSET, IMAGE_DATA_TEXT, sizeof(IMAGE_DATA_TEXT), 2 * PAGE_SIZE,
                  "a program starts with its data as linked");
    require_bytes(image_stack(task), "", 0, LAYOUT_STACK_SIZE, "a program starts with an empty stack");
}

void memory_check_grant(uint64_t id, uint64_t created)
{
    if (written[id] < created)
        require_bytes(LAYOUT_GRANT_BASE + id * LAYOUT_GRANT_STRIDE, "", 0, LAYOUT_GRANT_SIZE, "a new grant is empty");
}
