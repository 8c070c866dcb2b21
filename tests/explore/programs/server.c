/* SPDX-License-Identifier: MIT */
/* Answers calls. */
#include "explore.h"

int main(void)
{
    struct aegis_msg m;
    for (;;) {
        if (aegis_recv(SERVICE, &m) != STATUS_OK)
            return wrong("the server cannot receive");
        (void)aegis_send(SERVICE, answer_to(m.w[0], m.w[1]), 0, 0, 0); /* the caller may have given up */
    }
}
