/* SPDX-License-Identifier: MIT */
/* Recurses until the stack ends: the page below is a guard. */
#include "hostile.h"

/* The buffer makes each frame large and the addition keeps it from becoming a loop. */
static uint64_t recurse(uint64_t depth)
{
    volatile uint64_t frame[16];
    frame[depth % 16] = depth;
    return depth == 0 ? 0 : recurse(depth + 1) + frame[depth % 16];
}

int main(void)
{
    hostile_announce("recursing for ever");
    (void)recurse(1);
    return hostile_survived();
}
