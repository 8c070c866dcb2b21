/* SPDX-License-Identifier: MIT */
/* Polled output. The kernel has set the line speed; nothing here touches interrupts or the receiver. */
#include <aegis/calls.h>
#include <aegis/device.h>
#include <aegis/uart.h>

enum {
    PL011_DATA = 0x00,
    PL011_FLAGS = 0x18,
    PL011_BUSY = 1 << 3,
    PL011_TX_EMPTY = 1 << 7,
    NS16550_DATA = 0, /* registers by number, `stride` bytes apart */
    NS16550_STATUS = 5,
    NS16550_TX_IDLE = 3 << 5, /* holding register and shift register empty */
};

/* A full FIFO takes 1.4 ms at 115,200 baud; the wait ends after some 100 ms at the simulator's 100 MHz. */
#define IDLE_POLLS 10000u
#define IDLE_SPIN 500u

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
    uint32_t polls = 0;
    while (!uart_idle(uart)) {
        if (++polls == IDLE_POLLS)
            return ERR_TIMED_OUT;
        aegis_spin(IDLE_SPIN);
    }
    for (uint64_t i = 0; i < len && i < UART_BURST; i++)
        uart_put(uart, data[i]);
    return STATUS_OK;
}
