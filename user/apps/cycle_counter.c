/* SPDX-License-Identifier: MIT */
/* Reads a cycle counter: a clock that would make runs differ. */
#include "attack.h"
#include "hostile.h"

int main(void)
{
    hostile_announce("reading a cycle counter");
    (void)attack_counter();
    return hostile_survived();
}
