/* SPDX-License-Identifier: MIT */
/*
 * Trace events on hardware: one line of text each through port_debug_write(), which an emulator writes into a file
 * (debug port 0xE9, semihosting). The kernel's command line asks for them: trace=0x1f (a bit per enum trace_kind).
 *
 *     T kind cpu thread count a b c d e f        numbers in hexadecimal
 */
#pragma once
#include <abi/types.h>

/** A set bit per enum trace_kind. [I] after hal_trace_init(). */
extern uint32_t hal_trace_wanted;

/** Read the command line. Boot context. */
void hal_trace_init(const char *cmdline);
