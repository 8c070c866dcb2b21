/* SPDX-License-Identifier: MIT */
/* What the machine consists of besides CPUs and RAM. */
#include <arch/irq.h>
#include <sim/device.h>

#include "machine_priv.h"

#define RTC_EPOCH UINT64_C(1767225600) /* 2026-01-01T00:00:00Z: a fixed date, so that runs repeat */

void board_create(void)
{
    machine.lines_existing = UINT64_C(1) << ARCH_VECTOR_UART0;
    uart_create();
    keyboard_create();
    rtc_create(RTC_EPOCH);
}
