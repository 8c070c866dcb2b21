/* SPDX-License-Identifier: MIT */
#pragma once
#include <sim/console.h>
#include <sim/input.h>
#include <sim/serial.h>

/* Of a sanitizer's run-time library, if one is linked. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

/** Let stdin be input: if it is a terminal, or whatever it is if `any_stdin`. */
void terminal_attach(bool any_stdin);
