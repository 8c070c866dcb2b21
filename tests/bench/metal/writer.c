/* SPDX-License-Identifier: MIT */
/* Has something to say all the time, so that the console's UART interrupts often. */
#include <aegis/aegis.h>

int main(void)
{
    for (;;)
        if (print("bench: written\n") != STATUS_OK || aegis_yield() != STATUS_OK)
            return 1;
}
