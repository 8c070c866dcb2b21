/* SPDX-License-Identifier: MIT */
/* The kernel's console: polled output through the board's UART. */
#include <arch/boot.h>
#include <arch/cpu.h>
#include <arch/io.h>
#include <board.h>

#ifdef BOARD_UART_PL011
#define UART_DATA 0x00
#define UART_FLAGS 0x18
#define FLAG_BUSY (1u << 3)
#define FLAG_FULL (1u << 5)

void arch_serial_early_init(void)
{
    /* the board's firmware has left it enabled */
}

static bool uart_full(void)
{
    return (arch_io_read32(BOARD_UART_BASE + UART_FLAGS) & FLAG_FULL) != 0;
}

bool arch_serial_idle(void)
{
    return (arch_io_read32(BOARD_UART_BASE + UART_FLAGS) & FLAG_BUSY) == 0;
}

static void uart_put(uint8_t byte)
{
    arch_io_write32(BOARD_UART_BASE + UART_DATA, byte);
}
#else
#define UART_DATA 0
#define UART_FIFO_CONTROL 2
#define UART_LINE_CONTROL 3
#define UART_LINE_STATUS 5
#define FIFO_ENABLE 0x01
#define LINE_8N1 0x03
#define STATUS_EMPTY (1u << 6)
#define STATUS_ROOM (1u << 5)

void arch_serial_early_init(void)
{
    arch_io_write8(BOARD_UART_BASE + UART_LINE_CONTROL, LINE_8N1);
    arch_io_write8(BOARD_UART_BASE + UART_FIFO_CONTROL, FIFO_ENABLE);
}

/* This UART only says that its whole buffer is empty, so putchar waits for that. */
static bool uart_full(void)
{
    return (arch_io_read8(BOARD_UART_BASE + UART_LINE_STATUS) & STATUS_ROOM) == 0;
}

bool arch_serial_idle(void)
{
    return (arch_io_read8(BOARD_UART_BASE + UART_LINE_STATUS) & STATUS_EMPTY) != 0;
}

static void uart_put(uint8_t byte)
{
    arch_io_write8(BOARD_UART_BASE + UART_DATA, byte);
}
#endif

void arch_serial_putchar(char c)
{
    while (uart_full())
        arch_cpu_relax();
    uart_put((uint8_t)c);
}
