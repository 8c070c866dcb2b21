/* SPDX-License-Identifier: MIT */
#include "uart_line.h"

#include <base/hash.h>
#include <sim/machine.h>
#include <sim/serial.h>

#define NS_PER_BYTE UINT64_C(86806) /* start, eight data and stop bit at 115,200 baud */

static void fire_drained(struct event *event)
{
    struct uart_line *line = event->owner;

    line->tx_count--;
    if (line->tx_count > 0)
        event_schedule(event, event->time + machine_ns_to_units(NS_PER_BYTE));
    line->changed(line);
}

void uart_line_init(struct uart_line *line, void (*changed)(struct uart_line *line))
{
    line->changed = changed;
    event_init(&line->drained, EVENT_DEVICE, fire_drained, line);
}

void uart_line_send(struct uart_line *line, uint8_t byte, uint32_t depth)
{
    uint64_t now = machine_now();

    if (line->tx_count >= depth)
        return;
    serial_output(byte, now);
    line->tx_count++;
    if (line->tx_count == 1)
        event_schedule(&line->drained, now + machine_ns_to_units(NS_PER_BYTE));
}

bool uart_line_arrive(struct uart_line *line, uint8_t byte)
{
    if (line->rx_count == UART_FIFO)
        return false;
    line->rx[(line->rx_first + line->rx_count) % UART_FIFO] = byte;
    line->rx_count++;
    return true;
}

uint8_t uart_line_take(struct uart_line *line)
{
    if (line->rx_count == 0)
        return 0;
    uint8_t byte = line->rx[line->rx_first];
    line->rx_first = (line->rx_first + 1) % UART_FIFO;
    line->rx_count--;
    return byte;
}

void uart_line_hash(const struct uart_line *line, struct hash *hash)
{
    hash_u64(hash, line->tx_count);
    hash_u64(hash, event_pending(&line->drained) ? line->drained.time : EVENT_NEVER);
    hash_u64(hash, line->rx_count);
    for (uint32_t i = 0; i < line->rx_count; i++)
        hash_u64(hash, line->rx[(line->rx_first + i) % UART_FIFO]);
}
