/* SPDX-License-Identifier: MIT */
/* Says that it lives, waits to be told, and exits: each of its lives ends about when its page is taken back. */
#include "explore.h"

enum { LENDER = 0 };

int main(void)
{
    uint64_t bits;
    (void)aegis_notify(LENDER, 1);
    (void)aegis_wait_notify(&bits);
    return 0;
}
