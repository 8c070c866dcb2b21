/* SPDX-License-Identifier: MIT */
/*
 * What every UART has behind its registers: two buffers of 16 bytes and a line of 115,200 baud in virtual time, 8N1.
 * A byte is handed to the host when the register takes it; the buffer empties at the speed of the line.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include <sim/event.h>

struct hash;

#define UART_FIFO 16u

struct uart_line {
    uint32_t tx_count;
    uint8_t rx[UART_FIFO];
    uint32_t rx_first, rx_count;
    struct event drained;                     /* the byte on the line is through */
    void (*changed)(struct uart_line *line);  /* one byte less to send: levels and interrupts may change */
};

void uart_line_init(struct uart_line *line, void (*changed)(struct uart_line *line));
/** Send; a byte that finds `depth` bytes waiting is lost. */
void uart_line_send(struct uart_line *line, uint8_t byte, uint32_t depth);
/** A byte arrives; false if the buffer is full. */
bool uart_line_arrive(struct uart_line *line, uint8_t byte);
/** Take the oldest received byte; 0 if there is none. */
uint8_t uart_line_take(struct uart_line *line);
void uart_line_hash(const struct uart_line *line, struct hash *hash);
