/* SPDX-License-Identifier: MIT */
/* Uses floating point, which static tasks do not have. */
#include "attack.h"
#include "hostile.h"

int main(void)
{
    hostile_announce("using floating point");
    attack_float();
    return hostile_survived();
}
