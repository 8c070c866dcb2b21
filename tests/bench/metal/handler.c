/* SPDX-License-Identifier: MIT */
/*
 * The task of the highest priority that an interrupt is meant for: the UART's, which says that it has room whenever
 * somebody else has written something to the console.
 */
#include <aegis/aegis.h>
#include <aegis/device.h>
#include <aegis/uart.h>

enum {
    UART_IRQ = 33,
    PL011_CLEAR = 0x44,
    PL011_CLEAR_ROOM = 1 << 5,
    NS16550_CAUSE = 2, /* reading it takes the request back */
};

static void clear(const struct aegis_device *uart)
{
    uint64_t cause = uart->base + NS16550_CAUSE * uart->stride;

    switch (uart->kind) {
    case AEGIS_DEVICE_PL011: *(volatile uint32_t *)(uart->base + PL011_CLEAR) = PL011_CLEAR_ROOM; break;
    case AEGIS_DEVICE_NS16550: (void)*(volatile uint8_t *)cause; break;
    default: (void)aegis_port_read(cause); break;
    }
}

int main(void)
{
    struct aegis_device uart;
    uint64_t bits;

    if (uart_open(0, &uart) != STATUS_OK || aegis_irq_bind(UART_IRQ, 1) != STATUS_OK)
        return 1;
    uart_want_room(&uart, true);
    while (aegis_wait_notify(&bits) == STATUS_OK) {
        clear(&uart);
        if (aegis_irq_ack(UART_IRQ) != STATUS_OK)
            return 2;
    }
    return 3;
}
