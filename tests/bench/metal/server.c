/* SPDX-License-Identifier: MIT */
/* Sends back what it is sent. */
#include "phases.h"

int main(void)
{
    struct aegis_msg m;

    while (aegis_recv(SERVER_ENDPOINT, &m) == STATUS_OK)
        if (aegis_send(SERVER_ENDPOINT, m.w[0], m.w[1], m.w[2], m.w[3]) != STATUS_OK)
            return 1;
    return 2;
}
