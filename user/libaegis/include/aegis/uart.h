/* SPDX-License-Identifier: MIT */
/* Sending on a UART that DEVICE_MAP handed over: PL011, or NS16550 in memory or in I/O ports. */
#pragma once
#include <aegis/raw.h>

/** Bytes that an idle transmitter takes at once: what uart_send() sends without looking again. */
#define UART_BURST 16u

/** Map device `dev` into the caller. NOT_SUPPORTED: not a UART this library knows; else the errors of DEVICE_MAP. */
status_t uart_open(uint64_t dev, struct aegis_device *uart);

/**
 * Send up to UART_BURST bytes, once the line is quiet: everything before has left the transmitter, whoever sent it, and
 * the kernel's console, which starts as soon as the line is idle, has nothing more. TIMED_OUT: nothing sent.
 */
status_t uart_send(const struct aegis_device *uart, const uint8_t *data, uint64_t len);

/** Have the UART interrupt while its transmitter has room, or not at all. */
void uart_want_room(const struct aegis_device *uart, bool on);
