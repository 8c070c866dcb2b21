/* SPDX-License-Identifier: MIT */
/* The few devices that the kernel itself uses, or lists for tasks. */
#include <arch/discovery.h>

#include <a64/gic.h>
#include <a64/kernel.h>
#include <abi/status.h>
#include <arch/io.h>
#include <arch/irq.h>
#include <arch/timer.h>
#include <base/string.h>
#include <common/fdt_boot.h>
#include <common/kernel_map.h>
#include <common/uart.h>

#define GUESSED_UART 0x09000000u /* PL011 of QEMU's virt board */
#define UART_SIZE PAGE_SIZE
#define PL011_FLAGS 0x18
#define NS16550_LINE_STATUS 5u
#define PL031_DATA 0x00 /* seconds since 1970 */
#define YEAR_2000 946684800u
#define PATH_MAX 128u

static KSTATE struct {
    paddr_t rtc;         /* [I] PL031; 0: none */
    uint32_t uart_intid; /* [I] */
} state;

/* -- UART -- */

static void uart_use(uint32_t kind, uint32_t stride, paddr_t base)
{
    hal_uart = (struct arch_device){
        .kind = kind, .stride = stride, .base = base, .size = UART_SIZE, .irq = ARCH_VECTOR_UART0};
    hal_map.device_count = 0; /* the guess, if any */
    if (!early_map(base, UART_SIZE, true))
        boot_fail("UART: no way to its registers at %lx", (unsigned long)base);
    hal_map_add_device(base, PAGE_SIZE);
}

/* Status registers are never all ones; what is not there reads so. */
static bool uart_answers(void)
{
    if (hal_uart.kind == ARCH_DEVICE_PL011)
        return arch_io_read32(hal_uart.base + PL011_FLAGS) != UINT32_MAX;
    return arch_io_read8(hal_uart.base + NS16550_LINE_STATUS * hal_uart.stride) != UINT8_MAX;
}

void uart_guess(void)
{
    uart_use(ARCH_DEVICE_PL011, 4, GUESSED_UART);
    if (!uart_answers())
        hal_uart.kind = 0; /* messages go nowhere */
    else
        arch_serial_early_init();
}

/* "path", "path:115200n8" or "alias:115200". */
static uint32_t stdout_node(const struct fdt *fdt)
{
    char path[PATH_MAX];
    const char *text;

    if (!fdt_prop_string(fdt, fdt_find_path(fdt, "/chosen"), "stdout-path", &text))
        return FDT_NONE;
    (void)str_copy(path, sizeof path, text);
    for (uint32_t i = 0; path[i] != '\0'; i++) {
        if (path[i] == ':')
            path[i + 1] = path[i] = '\0';
    }
    if (path[0] != '/' && !fdt_prop_string(fdt, fdt_find_path(fdt, "/aliases"), path, &text))
        return FDT_NONE;
    return fdt_find_path(fdt, path[0] == '/' ? path : text);
}

static uint32_t uart_kind(const struct fdt *fdt, uint32_t node)
{
    if (fdt_prop_lists(fdt, node, "compatible", "arm,pl011"))
        return ARCH_DEVICE_PL011;
    return fdt_prop_lists(fdt, node, "compatible", "ns16550a") ? ARCH_DEVICE_NS16550 : 0;
}

void uart_find(const struct fdt *fdt)
{
    uint32_t node = stdout_node(fdt), shift = 0;
    uint64_t base, size;

    if (uart_kind(fdt, node) == 0)
        node = device_find(fdt, "arm,pl011");
    if (node == FDT_NONE)
        node = device_find(fdt, "ns16550a");
    if (uart_kind(fdt, node) == 0 || !device_reg(fdt, node, 0, &base, &size) || base % PAGE_SIZE != 0)
        boot_fail("no PL011 or 16550 UART in the device tree");
    (void)fdt_prop_u32(fdt, node, "reg-shift", &shift);
    uint32_t kind = uart_kind(fdt, node);
    state.uart_intid = device_intid(fdt, node, 0);
    uart_use(kind, kind == ARCH_DEVICE_PL011 ? 4 : 1u << shift % 4, base);
    if (!uart_answers()) {
        uart_guess();
        boot_fail("no UART answers at %lx", (unsigned long)base);
    }
    arch_serial_early_init();
}

/* -- RTC -- */

void devices_find(const struct fdt *fdt)
{
    uint32_t node = device_find(fdt, "arm,pl031");
    uint64_t base, size;

    gic_connect(ARCH_VECTOR_UART0, state.uart_intid);
    if (!device_reg(fdt, node, 0, &base, &size))
        return;
    device_window("RTC", base, size);
    state.rtc = base;
    gic_connect(ARCH_VECTOR_RTC, device_intid(fdt, node, 0));
}

/* A machine without a clock begins in the year 2000. */
uint64_t arch_rtc_read(void)
{
    if (state.rtc != 0)
        return arch_io_read32(state.rtc + PL031_DATA);
    return YEAR_2000 + arch_timer_get_ticks() / arch_timer_get_frequency();
}

/* -- The contract -- */

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

status_t arch_device_get(uint32_t dev, struct arch_device *out)
{
    if (dev != 0)
        return ERR_NOT_FOUND;
    *out = hal_uart;
    return STATUS_OK;
}
