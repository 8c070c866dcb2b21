/* SPDX-License-Identifier: MIT */
/* Reads a page as long as it is allowed to; a page fault is how each of its lives should end. */
#include "explore.h"

enum { SECRET = 0, FLAG = 1, OWNER = 0 };

int main(void)
{
    volatile uint64_t *secret = (volatile uint64_t *)((uint64_t)LAYOUT_GRANT_BASE + SECRET * LAYOUT_GRANT_STRIDE);
    volatile uint64_t *flag = (volatile uint64_t *)((uint64_t)LAYOUT_GRANT_BASE + FLAG * LAYOUT_GRANT_STRIDE);
    uint64_t bits;
    (void)aegis_notify(OWNER, 1);
    (void)aegis_wait_notify(&bits);
    while (*flag == 0)
        (void)*secret;
    (void)*secret;
    return wrong("a page was readable after it had been taken back");
}
