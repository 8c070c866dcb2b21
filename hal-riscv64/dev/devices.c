/* SPDX-License-Identifier: MIT */
/* Devices in the tree: register windows, the UART, the clock. */
#include <arch/discovery.h>

#include <abi/status.h>
#include <arch/io.h>
#include <arch/irq.h>
#include <arch/timer.h>
#include <base/string.h>
#include <common/cpu.h>
#include <common/fdt_boot.h>
#include <common/kernel_map.h>
#include <common/uart.h>
#include <riscv/priv.h>
#include <riscv/sbi.h>
#include <riscv/window.h>

#define STDOUT_MAX 64u

#define UART_SCRATCH 7u        /* register: keeps what is written to it */
#define UART_INTERRUPTS 1u     /* register: which causes interrupt */
#define UART_MODEM_STATUS 0x08u /* a cause that says nothing on a line without a modem */

#define GOLDFISH_LOW 0u  /* reading it latches the other half */
#define GOLDFISH_HIGH 4u
#define NANOSECONDS 1000000000u

static KSTATE struct {
    struct hal_range rtc; /* [I] size 0: none */
    uint32_t uart_node;   /* [boot] */
} state;

/* -- Windows -- */

static bool overlaps(struct hal_range a, struct hal_range b)
{
    return a.base < b.base + b.size && b.base < a.base + a.size;
}

bool window_claim(paddr_t base, uint64_t size)
{
    struct hal_range range = {base - base % PAGE_SIZE, 0};
    uint64_t end = base + size + (PAGE_SIZE - 1);

    if (size == 0 || end < base || end > DIRECT_END || hal_map.device_count == HAL_DEVICE_RANGES_MAX)
        return false;
    range.size = end - end % PAGE_SIZE - range.base;
    for (uint32_t i = 0; i < hal_map.device_count; i++) {
        if (overlaps(hal_map.device[i], range))
            return false;
    }
    for (uint32_t i = 0; i < hal_map.ram_count; i++) {
        if (overlaps(hal_map.ram[i], range))
            return false;
    }
    hal_map_add_device(range.base, range.size);
    return true;
}

bool window_add(const struct fdt *fdt, uint32_t node, uint32_t index, struct hal_range *out)
{
    struct hal_range range;

    *out = (struct hal_range){.size = 0};
    if (!fdt_reg(fdt, node, index, &range.base, &range.size))
        return false;
    if (!window_claim(range.base, range.size)) {
        boot_say("device %s: its registers overlap others or lie out of reach", fdt_node_name(fdt, node));
        return false;
    }
    *out = range;
    return true;
}

/* -- Nodes -- */

static bool is_enabled(const struct fdt *fdt, uint32_t node)
{
    const char *status;

    return !fdt_prop_string(fdt, node, "status", &status) || str_eq(status, "okay") || str_eq(status, "ok");
}

uint32_t device_find(const struct fdt *fdt, const char *compatible)
{
    uint32_t node = fdt_find_compatible(fdt, FDT_NONE, compatible);

    while (node != FDT_NONE && !is_enabled(fdt, node))
        node = fdt_find_compatible(fdt, node, compatible);
    return node;
}

/* -- UART -- */

/* stdout-path is a path or an alias, with the line's speed behind a colon. */
static uint32_t stdout_node(const struct fdt *fdt)
{
    const char *value, *alias;
    char path[STDOUT_MAX];
    size_t len = 0;

    if (!fdt_prop_string(fdt, fdt_find_path(fdt, "/chosen"), "stdout-path", &value))
        return FDT_NONE;
    while (value[len] != '\0' && value[len] != ':' && len < sizeof path - 1) {
        path[len] = value[len];
        len++;
    }
    path[len] = '\0';
    if (path[0] != '/' && fdt_prop_string(fdt, fdt_find_path(fdt, "/aliases"), path, &alias))
        return fdt_find_path(fdt, alias);
    return fdt_find_path(fdt, path);
}

static bool is_16550(const struct fdt *fdt, uint32_t node)
{
    return fdt_prop_lists(fdt, node, "compatible", "ns16550a") || fdt_prop_lists(fdt, node, "compatible", "ns16550");
}

/* The tree may be wrong, and waiting for a transmitter that is none would have no end. */
static bool answers(const struct arch_device *uart)
{
    uint64_t scratch = uart->base + UART_SCRATCH * uart->stride;

    for (uint32_t pattern = 0x5A; pattern <= 0xA5; pattern += 0xA5 - 0x5A) {
        arch_io_write8(scratch, (uint8_t)pattern);
        if (arch_io_read8(scratch) != pattern)
            return false;
    }
    return true;
}

/* A task may map the whole page, so it must be the UART's own; registers must take single bytes. */
static bool use_uart(const struct fdt *fdt, uint32_t node)
{
    struct arch_device uart = {.kind = ARCH_DEVICE_NS16550, .stride = 1, .irq = ARCH_VECTOR_UART0};
    uint32_t shift, width;
    struct hal_range range;

    if (!is_16550(fdt, node) || !is_enabled(fdt, node) || !fdt_reg(fdt, node, 0, &range.base, &range.size))
        return false;
    if (fdt_prop_u32(fdt, node, "reg-shift", &shift))
        uart.stride = shift <= 3 ? 1u << shift : 0;
    if (fdt_prop_u32(fdt, node, "reg-io-width", &width) && width != 1)
        return false;
    if (uart.stride == 0 || range.base % PAGE_SIZE != 0 || range.size < 8ull * uart.stride)
        return false;
    uart.base = range.base;
    uart.size = range.size < PAGE_SIZE ? (uint32_t)range.size : PAGE_SIZE;
    if (!window_add(fdt, node, 0, &range) || !answers(&uart))
        return false;
    hal_uart = uart;
    state.uart_node = node;
    return true;
}

void console_init(void)
{
    hal_uart_fallback = sbi_putchar;
    state.uart_node = FDT_NONE;
}

void uart_find(const struct fdt *fdt)
{
    uint32_t node = stdout_node(fdt);

    if (use_uart(fdt, node))
        return;
    node = FDT_NONE;
    do {
        node = fdt_node_next(fdt, node == FDT_NONE ? fdt_root(fdt) : node, NULL);
    } while (node != FDT_NONE && !use_uart(fdt, node));
}

/*
 * Any change of the causes makes a UART work its line out anew. The task that owns it is in the kernel, unmasking the line,
 * so it does not change them at the same time.
 */
void uart_restate_interrupt(void)
{
    uint64_t interrupts = hal_uart.base + UART_INTERRUPTS * hal_uart.stride;
    uint8_t causes = arch_io_read8(interrupts);

    arch_io_write8(interrupts, causes ^ UART_MODEM_STATUS);
    arch_io_write8(interrupts, causes);
}

/* -- The others -- */

void devices_find(const struct fdt *fdt)
{
    uint32_t rtc = device_find(fdt, "google,goldfish-rtc");

    (void)window_add(fdt, rtc, 0, &state.rtc);
    plic_bind(ARCH_VECTOR_UART0, plic_source(fdt, state.uart_node));
    plic_bind(ARCH_VECTOR_RTC, plic_source(fdt, rtc));
}

status_t arch_device_get(uint32_t dev, struct arch_device *out)
{
    if (dev != 0 || hal_uart.kind == 0)
        return ERR_NOT_FOUND;
    *out = hal_uart;
    return STATUS_OK;
}

firmware_type_t arch_get_firmware_type(void)
{
    return FIRMWARE_DEVICE_TREE;
}

status_t arch_firmware_parse(const void *boot_firmware_data)
{
    struct fdt fdt;
    uint64_t base, size;
    status_t status;

    if (boot_firmware_data == NULL)
        status = fdt_boot_open(&hal_state.boot, &fdt);
    else
        status = fdt_open(&fdt, boot_firmware_data, UINT32_MAX); /* its own header says how long it is */
    if (status != STATUS_OK)
        return status;
    return fdt_boot_ram(&fdt, 0, &base, &size) ? STATUS_OK : ERR_NOT_FOUND;
}

/* A machine without a clock begins in 1970. */
uint64_t arch_rtc_read(void)
{
    if (state.rtc.size == 0)
        return 1 + arch_timer_get_ticks() / arch_timer_get_frequency();
    uint64_t low = arch_io_read32(state.rtc.base + GOLDFISH_LOW);
    return ((uint64_t)arch_io_read32(state.rtc.base + GOLDFISH_HIGH) << 32 | low) / NANOSECONDS;
}
