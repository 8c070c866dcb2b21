/* SPDX-License-Identifier: MIT */
/* Writes to the program of another task. */
#include "hostile.h"

#define PEER_ADDRESS ((uint64_t)LAYOUT_IMAGE_BASE + 2 * LAYOUT_IMAGE_STRIDE)

int main(void)
{
    hostile_announce("writing to the program of task 2");
    *(volatile uint8_t *)PEER_ADDRESS = 0;
    return hostile_survived();
}
