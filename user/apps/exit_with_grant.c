/* SPDX-License-Identifier: MIT */
/* Exits while it shares a page: the page must be gone from both sides, and the slot free. */
#include "guide_proto.h"
#include "hostile.h"

#define GRANT 1u

int main(void)
{
    uint64_t life;
    hostile_announce("exiting with a grant held");
    if (!guide_ask(GUIDE_LINGER, &life))
        return 2;
    if (aegis_grant_create(GRANT, GUIDE_TASK) != STATUS_OK)
        return 3;
    *(volatile uint64_t *)((uint64_t)LAYOUT_GRANT_BASE + GRANT * LAYOUT_GRANT_STRIDE) = 1;
    return 0;
}
