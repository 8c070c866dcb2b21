/* SPDX-License-Identifier: MIT */
/* Two of these notify each other in turns. */
#include "explore.h"

int main(void)
{
    uint64_t bits = 0;
    if (FIRST && aegis_notify(PEER, 1) != STATUS_OK)
        return wrong("no peer");
    for (;;) {
        if (aegis_wait_notify(&bits) != STATUS_OK || bits != 1)
            return wrong("a notification is not what was sent");
        if (aegis_notify(PEER, 1) != STATUS_OK)
            return wrong("the peer is gone");
        aegis_spin(PAUSE);
    }
}
