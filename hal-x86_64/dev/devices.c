/* SPDX-License-Identifier: MIT */
/* What tasks may own: COM1, which is the kernel's console too, and the keyboard controller. */
#include <x86/devices.h>

#include <abi/status.h>
#include <arch/boot.h>
#include <arch/discovery.h>
#include <arch/irq.h>
#include <common/uart.h>
#include <x86/cpu.h>

#define COM1 0x3F8
#define COM1_PORTS 8
#define DIVISOR_LOW 0 /* while the latch is open */
#define DIVISOR_HIGH 1
#define LINE_CONTROL 3
#define LATCH_OPEN 0x80
#define DIVISOR 1 /* 115,200 baud */

static const struct arch_device com1 = {
    .kind = ARCH_DEVICE_NS16550_PORT,
    .stride = 1,
    .base = COM1,
    .size = COM1_PORTS,
    .irq = ARCH_VECTOR_UART0,
    .port = true,
};

static const struct arch_device keyboard = {
    .kind = ARCH_DEVICE_I8042_PORT,
    .stride = 4, /* data at 0x60, status at 0x64 */
    .base = 0x60,
    .size = 5,
    .irq = ARCH_VECTOR_KEYBOARD,
    .port = true,
};

void devices_open_console(void)
{
    hal_uart = com1;
    x86_out8(COM1 + LINE_CONTROL, LATCH_OPEN);
    x86_out8(COM1 + DIVISOR_LOW, DIVISOR);
    x86_out8(COM1 + DIVISOR_HIGH, 0);
    arch_serial_early_init(); /* closes the latch */
}

status_t arch_device_get(uint32_t dev, struct arch_device *out)
{
    if (dev > 1)
        return ERR_NOT_FOUND;
    *out = dev == 0 ? hal_uart : keyboard;
    return STATUS_OK;
}
