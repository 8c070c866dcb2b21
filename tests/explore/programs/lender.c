/* SPDX-License-Identifier: MIT */
/* Lends a page to a borrower that says when it lives, and takes it back at once. */
#include "explore.h"

enum { GRANT = 0, BORROWER = 1 };

int main(void)
{
    uint64_t bits;
    for (;;) {
        if (aegis_wait_notify(&bits) != STATUS_OK)
            return wrong("no notification");
        for (uint32_t i = 0; i < ROUNDS; i++) {
            if (aegis_grant_create(GRANT, BORROWER) != STATUS_OK)
                break;
            if (i + 1 == ROUNDS)
                (void)aegis_notify(BORROWER, 1);
            if (aegis_grant_revoke(GRANT) != STATUS_OK)
                return wrong("a page cannot be taken back");
        }
    }
}
