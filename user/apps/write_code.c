/* SPDX-License-Identifier: MIT */
/* Overwrites its own code. */
#include "hostile.h"

int main(void);

int main(void)
{
    hostile_announce("writing to its own code");
    *(volatile uint8_t *)(uintptr_t)main = 0;
    return hostile_survived();
}
