/* SPDX-License-Identifier: MIT */
/* Calls the server without end, with more callers around than its queue has room for; each must get its own answers. */
#include "explore.h"

int main(void)
{
    struct aegis_msg reply;
    aegis_spin(WHO * PAUSE); /* not all at once */
    for (uint64_t i = 0;; i++) {
        status_t status = aegis_call(SERVICE, i, WHO, 0, 0, &reply);
        if (status == STATUS_OK && reply.w[0] != answer_to(i, WHO))
            return wrong("the answer to somebody else's call");
        if (status != STATUS_OK && status != ERR_QUEUE_FULL)
            return wrong("a call has failed");
        if (status != STATUS_OK)
            (void)aegis_yield();
        aegis_spin(PAUSE);
    }
}
