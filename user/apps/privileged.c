/* SPDX-License-Identifier: MIT */
/* Tries to switch interrupts off. */
#include "attack.h"
#include "hostile.h"

int main(void)
{
    hostile_announce("using a privileged instruction");
    attack_privileged();
    return hostile_survived();
}
