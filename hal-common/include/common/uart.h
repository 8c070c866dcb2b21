/* SPDX-License-Identifier: MIT */
/* The kernel's serial port. */
#pragma once
#include <arch/discovery.h>

/** The UART that arch_serial_*() drive and that device 0 describes. Set by the port before the first output. */
extern struct arch_device hal_uart;
/** Where bytes go while there is no UART (kind 0): the firmware's console. NULL: nowhere. */
extern void (*hal_uart_fallback)(char c);
