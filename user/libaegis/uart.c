/* SPDX-License-Identifier: MIT */
/* Polled output. The kernel has set the line speed; nothing here touches interrupts or the receiver. */
#include <aegis/calls.h>
#include <aegis/device.h>
#include <aegis/uart.h>

enum {
    PL011_DATA = 0x00,
    PL011_FLAGS = 0x18,
    PL011_INTERRUPTS = 0x38,
    PL011_BUSY = 1 << 3,
    PL011_TX_EMPTY = 1 << 7,
    PL011_TX_ROOM = 1 << 5, /* of the interrupts */
    NS16550_DATA = 0, /* registers by number, `stride` bytes apart */
    NS16550_INTERRUPTS = 1,
    NS16550_STATUS = 5,
    NS16550_TX_ROOM = 1 << 1, /* of the interrupts */
    NS16550_TX_IDLE = 3 << 5, /* holding register and shift register empty */
};

/*
 * The kernel polls all the time while it has text, so a line that is idle in three looks, 20 us apart in all at the
 * simulator's 100 MHz, is free: both starting at once would overrun the FIFO. The wait ends after some 400 ms.
 */
#define QUIET_POLLS 3u
#define QUIET_SPIN  500u
#define MAX_POLLS   40000u

static bool uart_idle(const struct aegis_device *u)
{
    uint64_t status = u->base + NS16550_STATUS * u->stride;
    switch (u->kind) {
    case AEGIS_DEVICE_PL011:
        return (*(volatile uint32_t *)(u->base + PL011_FLAGS) & (PL011_BUSY | PL011_TX_EMPTY)) == PL011_TX_EMPTY;
    case AEGIS_DEVICE_NS16550:
        return (*(volatile uint8_t *)status & NS16550_TX_IDLE) == NS16550_TX_IDLE;
    default:
        return (aegis_port_read(status) & NS16550_TX_IDLE) == NS16550_TX_IDLE;
    }
}

static void uart_put(const struct aegis_device *u, uint8_t byte)
{
    switch (u->kind) {
    case AEGIS_DEVICE_PL011:
        *(volatile uint32_t *)(u->base + PL011_DATA) = byte;
        break;
    case AEGIS_DEVICE_NS16550:
        *(volatile uint8_t *)(u->base + NS16550_DATA) = byte;
        break;
    default:
        aegis_port_write(u->base + NS16550_DATA, byte);
        break;
    }
}

status_t uart_open(uint64_t dev, struct aegis_device *uart)
{
    status_t status = aegis_device_map(dev, uart);
    if (status != STATUS_OK)
        return status;
    return uart->kind >= AEGIS_DEVICE_PL011 && uart->kind <= AEGIS_DEVICE_NS16550_PORT ? STATUS_OK : ERR_NOT_SUPPORTED;
}

status_t uart_send(const struct aegis_device *uart, const uint8_t *data, uint64_t len)
{
    uint32_t polls = 0, quiet = uart_idle(uart);
    while (quiet < QUIET_POLLS) {
        if (++polls == MAX_POLLS)
            return ERR_TIMED_OUT;
        aegis_spin(QUIET_SPIN);
        quiet = uart_idle(uart) ? quiet + 1 : 0;
    }
    for (uint64_t i = 0; i < len && i < UART_BURST; i++)
        uart_put(uart, data[i]);
    return STATUS_OK;
}

void uart_want_room(const struct aegis_device *u, bool on)
{
    uint64_t interrupts = u->base + NS16550_INTERRUPTS * u->stride;
    uint8_t room = on ? NS16550_TX_ROOM : 0;
    switch (u->kind) {
    case AEGIS_DEVICE_PL011:
        *(volatile uint32_t *)(u->base + PL011_INTERRUPTS) = on ? PL011_TX_ROOM : 0;
        break;
    case AEGIS_DEVICE_NS16550:
        *(volatile uint8_t *)interrupts = room;
        break;
    default:
        aegis_port_write(interrupts, room);
        break;
    }
}
