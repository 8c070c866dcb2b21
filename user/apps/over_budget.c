/* SPDX-License-Identifier: MIT */
/* Never gives the processor back. Its budget ends it for this epoch, and the others run. */
#include "hostile.h"

int main(void)
{
    hostile_announce("looping for ever");
    for (;;)
        aegis_spin(1000);
}
