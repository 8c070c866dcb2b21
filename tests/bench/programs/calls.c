/* SPDX-License-Identifier: MIT */
/* Makes ROUNDS cheap system calls. */
#include <aegis/aegis.h>

int main(void)
{
    for (uint32_t i = 0, rounds = ROUNDS; i < rounds; i++)
        if (aegis_heartbeat(0) != STATUS_OK)
            return 1;
    return 0;
}
