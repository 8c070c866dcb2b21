/* SPDX-License-Identifier: MIT */
/* Takes turns with the counted task, once that says so. */
#include "phases.h"

int main(void)
{
    uint64_t bits;

    if (aegis_wait_notify(&bits) != STATUS_OK)
        return 1;
    for (;;)
        if (aegis_yield() != STATUS_OK)
            return 2;
}
