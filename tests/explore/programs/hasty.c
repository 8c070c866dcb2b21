/* SPDX-License-Identifier: MIT */
/* Calls the server under a watchdog that gives it little time: when the machine is slow it is faulted while it waits. */
#include "explore.h"

int main(void)
{
    struct aegis_msg reply;
    for (uint64_t i = 0;; i++) {
        if (aegis_heartbeat(1) != STATUS_OK)
            return wrong("no heartbeat");
        if (aegis_call(SERVICE, i, WHO, 0, 0, &reply) == STATUS_OK && reply.w[0] != answer_to(i, WHO))
            return wrong("the answer to somebody else's call");
        aegis_spin(PAUSE);
    }
}
