/* SPDX-License-Identifier: MIT */
/* Answers calls on endpoint 0 until it is told to stop. */
#include <aegis/aegis.h>

int main(void)
{
    struct aegis_msg m = {{0}};

    while (aegis_recv(0, &m) == STATUS_OK) {
        if (aegis_send(0, m.w[0] + 1, 0, 0, 0) != STATUS_OK)
            return 1;
        if (m.w[0] == UINT64_MAX)
            return 0;
    }
    return 2;
}
