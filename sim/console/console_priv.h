/* SPDX-License-Identifier: MIT */
#pragma once
#include <sim/console.h>
#include <sim/input.h>
#include <sim/serial.h>

/** Let stdin be input: if it is a terminal, or whatever it is if `any_stdin`. */
void terminal_attach(bool any_stdin);
