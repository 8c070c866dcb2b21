/* SPDX-License-Identifier: MIT */
/* The kernel's console: polled output through the board's UART, a PL011 or a 16550. */
#include <arch/boot.h>
#include <arch/cpu.h>
#include <arch/io.h>
#include <base/compiler.h>
#include <common/kernel_map.h>
#include <common/uart.h>

#define PL011_DATA 0x00
#define PL011_FLAGS 0x18
#define PL011_LINE_CONTROL 0x2C
#define PL011_CONTROL 0x30
#define PL011_FLAG_BUSY (1u << 3)
#define PL011_FLAG_FULL (1u << 5)
#define PL011_8N1_FIFO 0x70u
#define PL011_ENABLE 0x301u /* UARTEN, TXE, RXE */

#define DRAIN_TURNS 100000u /* reads of a register: enough for 16 bytes at 9600 baud */

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

static KSTATE struct {
    uint64_t base;               /* whose registers these are */
    volatile uint8_t *registers;
} state;
void (*hal_uart_fallback)(char c) KSTATE;

static uint8_t read16550(uint32_t reg)
{
    return arch_io_read8(hal_uart.base + reg * hal_uart.stride);
}

static void write16550(uint32_t reg, uint8_t value)
{
    arch_io_write8(hal_uart.base + reg * hal_uart.stride, value);
}

/* The line may be set only while the device is off, and before that what the firmware has written must be out. */
static void init_pl011(void)
{
    for (uint32_t i = 0; i < DRAIN_TURNS && !arch_serial_idle(); i++)
        continue;
    arch_io_write32(hal_uart.base + PL011_CONTROL, 0);
    arch_io_write32(hal_uart.base + PL011_LINE_CONTROL, PL011_8N1_FIFO);
    arch_io_write32(hal_uart.base + PL011_CONTROL, PL011_ENABLE);
}

void arch_serial_early_init(void)
{
    if (hal_uart.kind == ARCH_DEVICE_PL011) {
        init_pl011();
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

/*
 * The kernel sends many bytes with interrupts off, so memory-mapped registers are touched without looking their window up
 * each time. NULL: there is none (I/O ports).
 */
static volatile uint8_t *registers(void)
{
    if (state.base != hal_uart.base) {
        state.base = hal_uart.base;
        state.registers = hal_uart.port ? NULL : hal_map_device(hal_uart.base, hal_uart.size);
    }
    return state.registers;
}

/* False: there is no room yet. */
static bool try_memory(volatile uint8_t *r, uint8_t byte)
{
    volatile uint32_t *words = (volatile uint32_t *)(volatile void *)r;

    if (hal_uart.kind == ARCH_DEVICE_PL011) {
        if ((words[PL011_FLAGS / 4] & PL011_FLAG_FULL) != 0)
            return false;
        words[PL011_DATA / 4] = byte;
    } else {
        if ((r[NS16550_LINE_STATUS * hal_uart.stride] & NS16550_ROOM) == 0)
            return false;
        r[NS16550_DATA] = byte;
    }
    return true;
}

static __attribute__((noinline)) bool try_ports(uint8_t byte)
{
    if ((read16550(NS16550_LINE_STATUS) & NS16550_ROOM) == 0)
        return false;
    write16550(NS16550_DATA, byte);
    return true;
}

/* Apart, so that the bytes of a burst, which find room, save no registers for it. */
static __attribute__((noinline)) void send_when_possible(uint8_t byte)
{
    volatile uint8_t *r;

    if (hal_uart.kind == 0) {
        if (hal_uart_fallback != NULL)
            hal_uart_fallback((char)byte);
        return;
    }
    r = registers();
    while (!(r != NULL ? try_memory(r, byte) : try_ports(byte)))
        arch_cpu_relax();
}

void arch_serial_putchar(char c)
{
    bool known = state.registers != NULL && state.base == hal_uart.base && hal_uart.kind != 0;
    bool sent = known ? try_memory(state.registers, (uint8_t)c) : hal_uart.port && try_ports((uint8_t)c);

    if (!sent)
        send_when_possible((uint8_t)c);
}
