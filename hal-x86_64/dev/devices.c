/* SPDX-License-Identifier: MIT */
/* What tasks may own: COM1 and the keyboard controller. */
#include <arch/discovery.h>

#include <abi/status.h>
#include <arch/irq.h>
#include <common/uart.h>

static const struct arch_device keyboard = {
    .kind = ARCH_DEVICE_I8042_PORT,
    .stride = 4, /* data at 0x60, status at 0x64 */
    .base = 0x60,
    .size = 5,
    .irq = ARCH_VECTOR_KEYBOARD,
    .port = true,
};

status_t arch_device_get(uint32_t dev, struct arch_device *out)
{
    if (dev > 1)
        return ERR_NOT_FOUND;
    *out = dev == 0 ? hal_uart : keyboard;
    return STATUS_OK;
}
