/* SPDX-License-Identifier: MIT */
/* A UART driver that sleeps: it sends its text in pieces, each when the UART says by an interrupt that it has room. */
#include <aegis/aegis.h>
#include <aegis/uart.h>

enum { UART_DEVICE = 0, UART_IRQ = 33, UART_BIT = 1, PIECE = 8 };

/* The line is level-triggered: it has to fall before the acknowledgement lets it through again. */
static status_t wait_for_room(const struct aegis_device *uart)
{
    uint64_t bits = 0;
    uart_want_room(uart, true);
    status_t status = aegis_wait_notify(&bits);
    uart_want_room(uart, false);
    if (status == STATUS_OK && bits != UART_BIT)
        status = ERR_BAD_STATE;
    return status == STATUS_OK ? aegis_irq_ack(UART_IRQ) : status;
}

int main(void)
{
    static const char text[] = "IRQ:this line was sent in pieces, each after an interrupt\n";
    struct aegis_device uart;
    if (uart_open(UART_DEVICE, &uart) != STATUS_OK)
        return 1;
    if (aegis_irq_bind(UART_IRQ, UART_BIT) != STATUS_OK)
        return 2;
    for (uint64_t at = 0; at < sizeof(text) - 1; at += PIECE) {
        uint64_t len = sizeof(text) - 1 - at < PIECE ? sizeof(text) - 1 - at : PIECE;
        if (wait_for_room(&uart) != STATUS_OK)
            return 3;
        if (uart_send(&uart, (const uint8_t *)text + at, len) != STATUS_OK)
            return 4;
    }
    return 0;
}
