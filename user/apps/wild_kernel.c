/* SPDX-License-Identifier: MIT */
/* Reads an address of the kernel half, the same on every instruction set. */
#include "hostile.h"

#define KERNEL_ADDRESS 0xFFFFFFFF80000000u

int main(void)
{
    hostile_announce("reading the kernel");
    (void)*(volatile uint8_t *)KERNEL_ADDRESS;
    return hostile_survived();
}
