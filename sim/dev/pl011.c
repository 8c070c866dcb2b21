/* SPDX-License-Identifier: MIT */
/* ARM PrimeCell UART (PL011), with its FIFOs always on, as QEMU's `virt` board presents it. */
#include <arch/irq.h>
#include <base/hash.h>
#include <board.h>
#include <sim/device.h>
#include <sim/machine.h>

#include "uart_line.h"

enum { DR = 0x00, RSR = 0x04, FR = 0x18, ILPR = 0x20, IBRD = 0x24, FBRD = 0x28, LCR_H = 0x2C, CR = 0x30, IFLS = 0x34,
    IMSC = 0x38, RIS = 0x3C, MIS = 0x40, ICR = 0x44, DMACR = 0x48, PERIPH_ID = 0xFE0 };
enum { FR_BUSY = 1 << 3, FR_RXFE = 1 << 4, FR_TXFF = 1 << 5, FR_RXFF = 1 << 6, FR_TXFE = 1 << 7 };
enum { INT_RX = 1 << 4, INT_TX = 1 << 5, INT_ALL = 0x7FF };

#define TX_TRIGGER (UART_FIFO / 2) /* the reset value of IFLS */

static const uint8_t ids[8] = {0x11, 0x10, 0x14, 0x00, 0x0D, 0xF0, 0x05, 0xB1};

static struct pl011 {
    struct device device;
    struct uart_line line;
    uint32_t imsc, ris;
    uint32_t ilpr, ibrd, fbrd, lcr_h, cr, ifls, dmacr; /* kept for whoever reads them back */
} uart;

static void update(void)
{
    if (uart.line.rx_count > 0)
        uart.ris |= INT_RX;
    else
        uart.ris &= ~(uint32_t)INT_RX;
    irq_set_line(ARCH_VECTOR_UART0, (uart.ris & uart.imsc) != 0);
}

static void changed(struct uart_line *line)
{
    if (line->tx_count == TX_TRIGGER || line->tx_count == 0)
        uart.ris |= INT_TX;
    update();
}

static uint32_t flags(void)
{
    uint32_t fr = uart.line.tx_count == 0 ? FR_TXFE : FR_BUSY;

    fr |= uart.line.tx_count == UART_FIFO ? FR_TXFF : 0;
    fr |= uart.line.rx_count == 0 ? FR_RXFE : 0;
    return fr | (uart.line.rx_count == UART_FIFO ? FR_RXFF : 0);
}

static uint32_t read_data(void)
{
    uint32_t byte = uart_line_take(&uart.line);

    update();
    return byte;
}

static uint32_t pl011_read(struct device *device, uint64_t offset, uint32_t size)
{
    (void)device;
    (void)size;
    switch (offset) {
    case DR: return read_data();
    case FR: return flags();
    case ILPR: return uart.ilpr;
    case IBRD: return uart.ibrd;
    case FBRD: return uart.fbrd;
    case LCR_H: return uart.lcr_h;
    case CR: return uart.cr;
    case IFLS: return uart.ifls;
    case IMSC: return uart.imsc;
    case RIS: return uart.ris;
    case MIS: return uart.ris & uart.imsc;
    case DMACR: return uart.dmacr;
    default: return offset >= PERIPH_ID && offset % 4 == 0 ? ids[(offset - PERIPH_ID) / 4] : 0;
    }
}

static void write_data(uint32_t value)
{
    uart_line_send(&uart.line, (uint8_t)value, UART_FIFO);
    if (uart.line.tx_count > TX_TRIGGER)
        uart.ris &= ~(uint32_t)INT_TX;
}

static void pl011_write(struct device *device, uint64_t offset, uint32_t size, uint32_t value)
{
    (void)device;
    (void)size;
    switch (offset) {
    case DR: write_data(value); break;
    case ILPR: uart.ilpr = value & 0xFF; break;
    case IBRD: uart.ibrd = value & 0xFFFF; break;
    case FBRD: uart.fbrd = value & 0x3F; break;
    case LCR_H: uart.lcr_h = value & 0xFF; break;
    case CR: uart.cr = value & 0xFFFF; break;
    case IFLS: uart.ifls = value & 0x3F; break;
    case IMSC: uart.imsc = value & INT_ALL; break;
    case ICR: uart.ris &= ~value; break;
    case DMACR: uart.dmacr = value & 7; break;
    default: break;
    }
    update();
}

static void pl011_hash(const struct device *device, struct hash *hash)
{
    (void)device;
    uart_line_hash(&uart.line, hash);
    hash_u64(hash, (uint64_t)uart.imsc << 32 | uart.ris);
    hash_u64(hash, (uint64_t)uart.ilpr << 32 | uart.ibrd);
    hash_u64(hash, (uint64_t)uart.fbrd << 32 | uart.lcr_h);
    hash_u64(hash, (uint64_t)uart.cr << 32 | uart.ifls << 8 | uart.dmacr);
}

void uart_create(void)
{
    uart.device = (struct device){.name = "uart0", .base = BOARD_UART_BASE, .size = BOARD_UART_SIZE,
        .read = pl011_read, .write = pl011_write, .hash = pl011_hash};
    uart.cr = 0x300;
    uart.ifls = 0x12;
    uart_line_init(&uart.line, changed);
    device_attach(&uart.device);
}

bool uart_receive(uint8_t byte)
{
    bool taken = uart_line_arrive(&uart.line, byte);

    update();
    return taken;
}
