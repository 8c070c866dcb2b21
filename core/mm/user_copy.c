/* SPDX-License-Identifier: MIT */
#include <mm/user_copy.h>

#include <abi/layout.h>
#include <abi/status.h>
#include <arch/debug.h>
#include <arch/fault.h>

bool user_range_ok(struct uaddr start, uint64_t len)
{
    const uint64_t end = LAYOUT_USER_BASE + LAYOUT_USER_SIZE;

    if (len == 0 || start.va < LAYOUT_USER_BASE || start.va >= end)
        return false;
    return len <= end - start.va;
}

status_t user_copy_in(const struct arch_space *space, void *dst, struct uaddr src, size_t len)
{
    if (!user_range_ok(src, len) || arch_fault(FAULT_USER_COPY))
        return ERR_BAD_ADDRESS;
    arch_note_user_read(space, src.va, len);
    return arch_copy_from_user(space, dst, src, len);
}
