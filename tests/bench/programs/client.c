/* SPDX-License-Identifier: MIT */
/* Makes ROUNDS calls on endpoint 0 and checks each answer. */
#include <aegis/aegis.h>

int main(void)
{
    struct aegis_msg reply;

    for (uint32_t i = 0, rounds = ROUNDS; i < rounds; i++)
        if (aegis_call(0, i, 0, 0, 0, &reply) != STATUS_OK || reply.w[0] != i + 1)
            return 1;
    return aegis_call(0, UINT64_MAX, 0, 0, 0, &reply) == STATUS_OK ? 0 : 2;
}
