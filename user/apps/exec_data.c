/* SPDX-License-Identifier: MIT */
/* Calls into its own data. */
#include "attack.h"
#include "hostile.h"

/* Writable, so that it is data. */
static uint8_t code[] __attribute__((aligned(4))) = ATTACK_RETURN_CODE;

int main(void)
{
    hostile_announce("executing data");
    ((void (*)(void))(uintptr_t)code)();
    return hostile_survived();
}
