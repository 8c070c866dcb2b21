/* SPDX-License-Identifier: MIT */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define SCANCODE_MAX 6u /* bytes that one event of a key makes at most */

/**
 * What a PS/2 keyboard says in scan code set 1 when the key with this USB HID usage (page 7) is pressed or released: the
 * number of bytes written to `out`, 0 for a key that such a keyboard does not have.
 */
uint32_t scancode_set1(uint32_t usage, bool down, uint8_t out[SCANCODE_MAX]);
