/* SPDX-License-Identifier: MIT */
/* Device registers, the list of devices, the UART's interrupt line, PCI, random numbers, trace events. */
#include <arch/cpu.h>
#include <arch/debug.h>
#include <arch/discovery.h>
#include <arch/io.h>
#include <arch/irq.h>
#include <arch/memory.h>
#include <arch/timer.h>

#include "suite.h"

#define ABSENT 0x38000000ull /* no board has RAM or a device here with the memory that tests use */
#define ABSENT_PORT 0xF00ull
#define DEVICES_MAX 16u
#define WAKE_ROUNDS 8u

static void absent_memory_reads_as_ones(void)
{
    if (arch_phys_ptr(ABSENT) != NULL)
        SKIP("RAM there");
    CHECK(arch_io_read8(ABSENT) == 0xFF);
    CHECK(arch_io_read16(ABSENT) == 0xFFFF);
    CHECK(arch_io_read32(ABSENT) == 0xFFFFFFFF);
    arch_io_write8(ABSENT, 0);
    arch_io_write16(ABSENT, 0);
    arch_io_write32(ABSENT, 0);
    CHECK(arch_io_read32(ABSENT) == 0xFFFFFFFF);
}

static void absent_port_reads_as_ones(void)
{
    arch_io_write8(ABSENT_PORT, 0);
    CHECK(arch_io_read8(ABSENT_PORT) == 0xFF);
}

static void devices_are_described(void)
{
    struct arch_device d;
    uint32_t count = 0;
    while (count < DEVICES_MAX && arch_device_get(count, &d) == STATUS_OK) {
        CHECK(d.kind >= ARCH_DEVICE_PL011 && d.kind <= ARCH_DEVICE_I8042_PORT);
        CHECK(d.port == (d.kind == ARCH_DEVICE_NS16550_PORT || d.kind == ARCH_DEVICE_I8042_PORT));
        CHECK(d.stride > 0 && d.size > 0 && d.size <= PAGE_SIZE);
        CHECK(d.port ? d.base + d.size <= 0x10000 : d.base % PAGE_SIZE == 0 && arch_phys_ptr(d.base) == NULL);
        CHECK(arch_irq_exists(d.irq));
        count++;
    }
    CHECK(count > 0 && count < DEVICES_MAX);
    CHECK_STATUS(arch_device_get(count, &d), ERR_NOT_FOUND);
    CHECK_STATUS(arch_device_get(~0u, &d), ERR_NOT_FOUND);
}

static void first_device_is_the_uart(void)
{
    struct arch_device d;
    CHECK_OK(arch_device_get(0, &d));
    CHECK(d.irq == ARCH_VECTOR_UART0);
}

/* The few registers of a UART that make it raise its line: "the transmitter has room" is true most of the time. */
struct uart {
    struct arch_device device;
    uint32_t interrupts; /* how often its handler ran */
};

static bool uart_is_pl011(const struct uart *uart)
{
    return uart->device.kind == ARCH_DEVICE_PL011;
}

static bool uart_answers(const struct uart *uart)
{
    if (uart_is_pl011(uart))
        return arch_io_read32(uart->device.base + 0x18) != 0xFFFFFFFF;    /* FR */
    return arch_io_read8(uart->device.base + 5 * uart->device.stride) != 0xFF; /* LSR */
}

static void uart_ask_for_interrupt(const struct uart *uart, bool on)
{
    if (uart_is_pl011(uart))
        arch_io_write32(uart->device.base + 0x38, on ? 1u << 5 : 0); /* IMSC: TX */
    else
        arch_io_write8(uart->device.base + uart->device.stride, on ? 2 : 0); /* IER: THRE */
}

static void uart_handler(void *data)
{
    struct uart *uart = data;
    uart->interrupts++;
    arch_irq_mask(uart->device.irq);
}

static void window(void)
{
    arch_enable_interrupts();
    arch_irq_window();
    arch_disable_interrupts();
}

static void line_follows_the_device(void)
{
    static struct uart uart;
    CHECK_OK(arch_device_get(0, &uart.device));
    if (!uart_answers(&uart))
        SKIP("no UART behind device 0");
    CHECK_OK(arch_set_interrupt_handler(uart.device.irq, uart_handler, &uart));
    uart_ask_for_interrupt(&uart, true);
    arch_serial_putchar('\n');
    hal_wait_milliseconds(20); /* sent: the transmitter has room */
    window();
    CHECK(uart.interrupts == 0); /* lines start masked */
    arch_irq_unmask(uart.device.irq);
    window();
    CHECK(uart.interrupts == 1);
    window();
    CHECK(uart.interrupts == 1); /* the handler masked it */
    arch_irq_unmask(uart.device.irq);
    window();
    CHECK(uart.interrupts == 2); /* still asserted: level-triggered */
    uart_ask_for_interrupt(&uart, false);
    arch_irq_unmask(uart.device.irq);
    window();
    CHECK(uart.interrupts == 2);
    arch_irq_mask(uart.device.irq);
    CHECK_OK(arch_set_interrupt_handler(uart.device.irq, NULL, NULL));
}

/* How long a burst takes until it is `done`; a second at most. */
static uint64_t time_of_a_burst(bool (*done)(const struct uart *uart), const struct uart *uart)
{
    uint64_t start = arch_timer_get_ticks();
    while (!done(uart) && arch_timer_get_ticks() - start < arch_timer_get_frequency())
        arch_cpu_relax();
    return arch_timer_get_ticks() - start;
}

/* A full transmitter, by way of its data register: arch_serial_putchar() may wait until the last byte is on the line. */
static void fill_fifo(const struct uart *uart)
{
    for (uint32_t i = 0; i < ARCH_SERIAL_FIFO; i++) {
        uint8_t byte = i + 1 < ARCH_SERIAL_FIFO ? '-' : '\n';
        if (uart_is_pl011(uart))
            arch_io_write32(uart->device.base, byte);
        else
            arch_io_write8(uart->device.base, byte);
    }
}

static bool is_idle(const struct uart *uart)
{
    (void)uart;
    return arch_serial_idle();
}

static bool has_interrupted(const struct uart *uart)
{
    arch_halt();
    return uart->interrupts > 0;
}

/* A sleeping CPU wakes when the device says so, and not at the next tick, even if a busy host delays some. */
static void line_wakes_halt(void)
{
    static struct uart uart;
    uint32_t in_time = 0;
    CHECK_OK(arch_device_get(0, &uart.device));
    if (!uart_answers(&uart))
        SKIP("no UART behind device 0");
    CHECK_OK(arch_set_interrupt_handler(uart.device.irq, uart_handler, &uart));
    for (uint32_t i = 0; i < WAKE_ROUNDS; i++) {
        hal_wait_milliseconds(20);
        fill_fifo(&uart);
        uint64_t polled = time_of_a_burst(is_idle, &uart);
        uart.interrupts = 0;
        fill_fifo(&uart);
        uart_ask_for_interrupt(&uart, true);
        arch_irq_unmask(uart.device.irq);
        uint64_t slept = time_of_a_burst(has_interrupted, &uart);
        uart_ask_for_interrupt(&uart, false);
        in_time += slept <= polled + arch_timer_get_frequency() / 2000;
    }
    CHECK(in_time >= WAKE_ROUNDS / 2);
    CHECK_OK(arch_set_interrupt_handler(uart.device.irq, NULL, NULL));
}

static void pci_absent_is_all_ones(void)
{
    arch_pci_config_write32(0, 31, 7, 0, 0);
    CHECK(arch_pci_config_read32(0, 31, 7, 0) == 0xFFFFFFFF);
    CHECK(arch_pci_config_read32(255, 31, 7, 0) == 0xFFFFFFFF);
}

static void firmware_agrees_with_boot_info(void)
{
    firmware_type_t type = arch_get_firmware_type();
    CHECK(type == FIRMWARE_ACPI || type == FIRMWARE_DEVICE_TREE || type == FIRMWARE_NONE);
    CHECK((type == FIRMWARE_DEVICE_TREE) == (hal.info->fdt != 0));
    CHECK_STATUS(arch_firmware_parse(NULL), type == FIRMWARE_NONE ? ERR_NOT_FOUND : STATUS_OK);
}

static void random_numbers_differ(void)
{
    uint64_t seen[64];
    uint64_t ones = 0;
    uint64_t zeros = 0;
    for (uint32_t i = 0; i < ARRAY_LEN(seen); i++) {
        seen[i] = arch_random();
        ones |= seen[i];
        zeros |= ~seen[i];
        for (uint32_t j = 0; j < i; j++)
            CHECK(seen[j] != seen[i]);
    }
    CHECK(ones == ~0ull && zeros == ~0ull); /* every bit takes both values */
}

static void trace_events_take_no_time(void)
{
    struct trace_event event = {.kind = TRACE_MARK, .thread = TRACE_NO_THREAD};
    uint64_t before = arch_timer_get_ticks();
    uint64_t between = arch_timer_get_ticks();
    for (uint32_t i = 0; i < 100; i++)
        arch_trace_event(&event);
    CHECK(arch_timer_get_ticks() - between <= 2 * (between - before) + arch_timer_get_frequency() / 1000);
    CHECK(arch_trace_wanted(TRACE_MARK) == arch_trace_wanted(TRACE_MARK));
}

static const struct hal_test tests[] = {
    {"absent device memory reads as ones", absent_memory_reads_as_ones},
    {"absent port reads as ones", absent_port_reads_as_ones},
    {"devices are described and end", devices_are_described},
    {"device 0 is the UART", first_device_is_the_uart},
    {"a device line is level-triggered and maskable", line_follows_the_device},
    {"a device line wakes a sleeping CPU", line_wakes_halt},
    {"an absent PCI device reads as ones", pci_absent_is_all_ones},
    {"firmware agrees with boot_info", firmware_agrees_with_boot_info},
    {"random numbers differ in every bit", random_numbers_differ},
    {"trace events take no time", trace_events_take_no_time},
};
const struct hal_group hal_device_group = {tests, ARRAY_LEN(tests)};
