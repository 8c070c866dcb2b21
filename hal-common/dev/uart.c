/* SPDX-License-Identifier: MIT */
/* The kernel's console: polled output through the board's UART, a PL011 or a 16550. */
#include <arch/boot.h>
#include <arch/cpu.h>
#include <arch/io.h>
#include <base/compiler.h>
#include <common/uart.h>

#define PL011_DATA 0x00
#define PL011_FLAGS 0x18
#define PL011_CONTROL 0x30
#define PL011_FLAG_BUSY (1u << 3)
#define PL011_FLAG_FULL (1u << 5)
#define PL011_ENABLE 0x301u /* UARTEN, TXE, RXE */

#define NS16550_DATA 0
#define NS16550_INTERRUPTS 1
#define NS16550_FIFO_CONTROL 2
#define NS16550_LINE_CONTROL 3
#define NS16550_MODEM_CONTROL 4
#define NS16550_LINE_STATUS 5
#define NS16550_FIFO_ENABLE 0x01
#define NS16550_8N1 0x03
#define NS16550_DTR_RTS_OUT2 0x0B /* OUT2: on a PC it lets the interrupt out */
#define NS16550_EMPTY (1u << 6)
#define NS16550_ROOM (1u << 5)

struct arch_device hal_uart KSTATE;
void (*hal_uart_fallback)(char c) KSTATE;

static uint8_t read16550(uint32_t reg)
{
    return arch_io_read8(hal_uart.base + reg * hal_uart.stride);
}

static void write16550(uint32_t reg, uint8_t value)
{
    arch_io_write8(hal_uart.base + reg * hal_uart.stride, value);
}

void arch_serial_early_init(void)
{
    if (hal_uart.kind == ARCH_DEVICE_PL011) {
        arch_io_write32(hal_uart.base + PL011_CONTROL, PL011_ENABLE);
        return;
    }
    write16550(NS16550_INTERRUPTS, 0);
    write16550(NS16550_LINE_CONTROL, NS16550_8N1);
    write16550(NS16550_FIFO_CONTROL, NS16550_FIFO_ENABLE);
    write16550(NS16550_MODEM_CONTROL, NS16550_DTR_RTS_OUT2);
}

bool arch_serial_idle(void)
{
    if (hal_uart.kind == ARCH_DEVICE_PL011)
        return (arch_io_read32(hal_uart.base + PL011_FLAGS) & PL011_FLAG_BUSY) == 0;
    return (read16550(NS16550_LINE_STATUS) & NS16550_EMPTY) != 0;
}

static bool is_full(void)
{
    if (hal_uart.kind == ARCH_DEVICE_PL011)
        return (arch_io_read32(hal_uart.base + PL011_FLAGS) & PL011_FLAG_FULL) != 0;
    return (read16550(NS16550_LINE_STATUS) & NS16550_ROOM) == 0;
}

void arch_serial_putchar(char c)
{
    if (hal_uart.kind == 0) {
        if (hal_uart_fallback != NULL)
            hal_uart_fallback(c);
        return;
    }
    while (is_full())
        arch_cpu_relax();
    if (hal_uart.kind == ARCH_DEVICE_PL011)
        arch_io_write32(hal_uart.base + PL011_DATA, (uint8_t)c);
    else
        write16550(NS16550_DATA, (uint8_t)c);
}
