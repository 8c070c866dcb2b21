/* SPDX-License-Identifier: MIT */
/* Sending on a UART that DEVICE_MAP handed over: PL011, or NS16550 in memory or in I/O ports. */
#pragma once
#include <aegis/raw.h>

/**
 * What uart_send() sends without looking again: half of what an idle transmitter takes, for the kernel's console may see
 * the same idle line and send its half. Two bursts can mix; none gets lost.
 */
#define UART_BURST 8u

/** Map device `dev` into the caller. NOT_SUPPORTED: not a UART this library knows; else the errors of DEVICE_MAP. */
status_t uart_open(uint64_t dev, struct aegis_device *uart);

/**
 * Send up to UART_BURST bytes, once everything before has left the transmitter, whoever sent it. TIMED_OUT: the line is
 * stuck, nothing sent.
 */
status_t uart_send(const struct aegis_device *uart, const uint8_t *data, uint64_t len);
