/* SPDX-License-Identifier: MIT */
/* Waits for a message that nobody sends: a deadlock, if nothing else goes on. */
#include <aegis/aegis.h>

int main(void)
{
    struct aegis_msg msg;
    return aegis_recv(0, &msg) == STATUS_OK ? 1 : 2;
}
