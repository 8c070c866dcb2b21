/* SPDX-License-Identifier: MIT */
/*
 * User copies by way of the tables and the kernel's own view of RAM, in the simulator as well: the kernel never touches a
 * user address, so no copy can fault, and the user's own rights are looked up page by page.
 */
#include <arch/mmu.h>

#include <abi/status.h>
#include <arch/memory.h>
#include <base/mem.h>

/* Kernel view of user memory from `va` to the end of its page; NULL: the user may not access it so. */
static uint8_t *user_view(const struct arch_space *space, vaddr_t va, uint32_t need)
{
    paddr_t pa;
    uint32_t flags;

    if (va > ARCH_USER_VTOP || arch_walk(space, va, &pa, &flags) != STATUS_OK || (flags & need) != need)
        return NULL;
    return arch_phys_ptr(pa);
}

static size_t page_rest(vaddr_t va, size_t len)
{
    size_t rest = PAGE_SIZE - (size_t)(va % PAGE_SIZE);

    return rest < len ? rest : len;
}

status_t arch_copy_from_user(const struct arch_space *space, void *dst, struct uaddr src, size_t len)
{
    uint8_t *to = dst;

    while (len > 0) {
        size_t part = page_rest(src.va, len);
        const uint8_t *from = user_view(space, src.va, ARCH_MAP_USER);
        if (from == NULL)
            return ERR_BAD_ADDRESS;
        memcpy(to, from, part);
        to += part;
        src.va += part;
        len -= part;
    }
    return STATUS_OK;
}

status_t arch_copy_to_user(const struct arch_space *space, struct uaddr dst, const void *src, size_t len)
{
    const uint8_t *from = src;

    while (len > 0) {
        size_t part = page_rest(dst.va, len);
        uint8_t *to = user_view(space, dst.va, ARCH_MAP_USER | ARCH_MAP_WRITABLE);
        if (to == NULL)
            return ERR_BAD_ADDRESS;
        memcpy(to, from, part);
        from += part;
        dst.va += part;
        len -= part;
    }
    return STATUS_OK;
}
