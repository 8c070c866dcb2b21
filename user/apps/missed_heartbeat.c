/* SPDX-License-Identifier: MIT */
/* Promises to beat every 20 ticks and then hangs; the watchdog finds out. */
#include "hostile.h"

#define HEARTBEAT_TICKS 20u

int main(void)
{
    hostile_announce("beating once, then never again");
    if (aegis_heartbeat(HEARTBEAT_TICKS) != STATUS_OK)
        return 2;
    for (;;)
        aegis_spin(1000);
}
