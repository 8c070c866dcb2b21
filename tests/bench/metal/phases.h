/* SPDX-License-Identifier: MIT */
/* What the counted programs share. The machine counts from one call of mark() to the next; those between are set-up. */
#pragma once
#include <aegis/aegis.h>

#define SERVER_ENDPOINT 0u
#define SERVER_TASK     1u
#define PARTNER_TASK    2u

/** Rounds of each operation: with 100 ticks in 10^9 instructions, the ticks that fall into them are far below 1 %. */
#define ROUNDS       20000u
#define GRANT_ROUNDS 2000u
