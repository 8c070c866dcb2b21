/* SPDX-License-Identifier: MIT */
/* 16550A UART: eight byte registers, in memory on QEMU's RISC-V `virt` board, at COM1's ports on its `q35`. */
#include <arch/irq.h>
#include <base/hash.h>
#include <board.h>
#include <sim/device.h>
#include <sim/machine.h>

#include "uart_line.h"

enum { RBR_THR = 0, IER = 1, IIR_FCR = 2, LCR = 3, MCR = 4, LSR = 5, MSR = 6, SCR = 7 };
enum { IER_RX = 1 << 0, IER_TX = 1 << 1, IER_ALL = 0x0F };
enum { IIR_NONE = 0x01, IIR_TX = 0x02, IIR_RX = 0x04, IIR_FIFOS = 0xC0 };
enum { FCR_ENABLE = 1 << 0, FCR_CLEAR_RX = 1 << 1 };
enum { LSR_DATA = 1 << 0, LSR_THRE = 1 << 5, LSR_TEMT = 1 << 6 };
enum { LCR_DLAB = 1 << 7, MSR_CONNECTED = 0xB0 };

#ifdef BOARD_UART_NS16550_PORT
#define ON_PORTS true
#else
#define ON_PORTS false
#endif

static struct ns16550 {
    struct device device;
    struct uart_line line;
    uint8_t ier, lcr, mcr, scr, fcr, dll, dlm;
    bool tx_interrupt; /* the transmitter ran empty and nobody has looked yet */
} uart;

static uint8_t cause(void)
{
    if ((uart.ier & IER_RX) != 0 && uart.line.rx_count > 0)
        return IIR_RX;
    return (uart.ier & IER_TX) != 0 && uart.tx_interrupt ? IIR_TX : IIR_NONE;
}

static void update(void)
{
    irq_set_line(ARCH_VECTOR_UART0, cause() != IIR_NONE);
}

static void changed(struct uart_line *line)
{
    if (line->tx_count == 0)
        uart.tx_interrupt = true;
    update();
}

static bool divisor_latch(void)
{
    return (uart.lcr & LCR_DLAB) != 0;
}

static uint32_t read_iir(void)
{
    uint8_t iir = cause();

    if (iir == IIR_TX)
        uart.tx_interrupt = false;
    update();
    return iir | ((uart.fcr & FCR_ENABLE) != 0 ? IIR_FIFOS : 0);
}

static uint32_t read_lsr(void)
{
    return (uart.line.tx_count == 0 ? LSR_THRE | LSR_TEMT : 0) | (uart.line.rx_count > 0 ? LSR_DATA : 0);
}

static uint32_t read_data(void)
{
    uint32_t byte = uart_line_take(&uart.line);

    update();
    return byte;
}

static uint32_t ns16550_read(struct device *device, uint64_t offset, uint32_t size)
{
    (void)device;
    (void)size;
    switch (offset) {
    case RBR_THR: return divisor_latch() ? uart.dll : read_data();
    case IER: return divisor_latch() ? uart.dlm : uart.ier;
    case IIR_FCR: return read_iir();
    case LCR: return uart.lcr;
    case MCR: return uart.mcr;
    case LSR: return read_lsr();
    case MSR: return MSR_CONNECTED;
    case SCR: return uart.scr;
    default: return 0;
    }
}

static void write_data(uint8_t value)
{
    uart.tx_interrupt = false;
    uart_line_send(&uart.line, value, (uart.fcr & FCR_ENABLE) != 0 ? UART_FIFO : 1);
}

static void write_ier(uint8_t value)
{
    if ((value & IER_TX) != 0 && (uart.ier & IER_TX) == 0 && uart.line.tx_count == 0)
        uart.tx_interrupt = true;
    uart.ier = value & IER_ALL;
}

static void write_fcr(uint8_t value)
{
    if ((value & FCR_CLEAR_RX) != 0)
        uart.line.rx_count = 0;
    uart.fcr = value & 0xC9; /* the clear bits act once; bytes on the line cannot be taken back */
}

static void ns16550_write(struct device *device, uint64_t offset, uint32_t size, uint32_t value)
{
    uint8_t byte = (uint8_t)value;

    (void)device;
    (void)size;
    switch (offset) {
    case RBR_THR:
        if (divisor_latch())
            uart.dll = byte;
        else
            write_data(byte);
        break;
    case IER:
        if (divisor_latch())
            uart.dlm = byte;
        else
            write_ier(byte);
        break;
    case IIR_FCR: write_fcr(byte); break;
    case LCR: uart.lcr = byte; break;
    case MCR: uart.mcr = byte & 0x1F; break;
    case SCR: uart.scr = byte; break;
    default: break;
    }
    update();
}

static void ns16550_hash(const struct device *device, struct hash *hash)
{
    (void)device;
    uart_line_hash(&uart.line, hash);
    hash_u64(hash, (uint64_t)uart.ier << 24 | (uint64_t)uart.lcr << 16 | (uint64_t)uart.mcr << 8 | uart.scr);
    hash_u64(hash, (uint64_t)uart.fcr << 24 | (uint64_t)uart.dll << 16 | (uint64_t)uart.dlm << 8 | uart.tx_interrupt);
}

void uart_create(void)
{
    uart.device = (struct device){.name = "uart0", .base = BOARD_UART_BASE, .size = BOARD_UART_SIZE, .port = ON_PORTS,
        .read = ns16550_read, .write = ns16550_write, .hash = ns16550_hash};
    uart.dll = 1; /* 115,200 baud */
    uart_line_init(&uart.line, changed);
    device_attach(&uart.device);
}

bool uart_receive(uint8_t byte)
{
    bool taken = uart_line_arrive(&uart.line, byte);

    update();
    return taken;
}
