/* SPDX-License-Identifier: MIT */
/*
 * Lends two pages to a reader, takes the first one back, and then says so in the second: from there on the reader must not be
 * able to read the first.
 */
#include "explore.h"

enum { SECRET = 0, FLAG = 1, READER = 1 };

int main(void)
{
    volatile uint64_t *flag = (volatile uint64_t *)((uint64_t)LAYOUT_GRANT_BASE + FLAG * LAYOUT_GRANT_STRIDE);
    uint64_t bits;
    for (;;) {
        if (aegis_wait_notify(&bits) != STATUS_OK)
            return wrong("no notification");
        if (aegis_grant_create(SECRET, READER) != STATUS_OK || aegis_grant_create(FLAG, READER) != STATUS_OK)
            continue;
        (void)aegis_notify(READER, 1);
        aegis_spin(PAUSE);
        (void)aegis_grant_revoke(SECRET);
        *flag = 1;
    }
}
