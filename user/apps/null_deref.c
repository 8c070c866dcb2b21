/* SPDX-License-Identifier: MIT */
/* Reads address 0. */
#include "hostile.h"

/* Not a constant for the compiler, which would refuse to read there. */
static volatile uint64_t address;

int main(void)
{
    hostile_announce("reading address 0");
    (void)*(volatile uint8_t *)(uintptr_t)address;
    return hostile_survived();
}
