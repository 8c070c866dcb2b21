/* SPDX-License-Identifier: MIT */
/* Works for its own while, then exits. The machine is switched off by whoever is the last. */
#include <aegis/aegis.h>

int main(void)
{
    aegis_spin(PAUSE);
    return 0;
}
