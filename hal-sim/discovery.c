/* SPDX-License-Identifier: MIT */
#include <arch/discovery.h>
#include <abi/status.h>
#include <arch/irq.h>
#include <board.h>
#include <common/fdt_boot.h>
#include <sim/host.h>

#include "hal_priv.h"

firmware_type_t arch_get_firmware_type(void)
{
    return FIRMWARE_DEVICE_TREE;
}

status_t arch_firmware_parse(const void *boot_firmware_data)
{
    struct fdt fdt;
    status_t status;

    if (boot_firmware_data == NULL)
        status = fdt_boot_open(&hal_state.boot, &fdt);
    else
        status = fdt_open(&fdt, boot_firmware_data, UINT32_MAX); /* its own header says how long it is */
    if (status != STATUS_OK)
        return status;
    return fdt_find_path(&fdt, "/memory") == FDT_NONE ? ERR_NOT_FOUND : STATUS_OK;
}

#if defined(BOARD_UART_PL011)
#define UART_KIND ARCH_DEVICE_PL011
#elif defined(BOARD_UART_NS16550)
#define UART_KIND ARCH_DEVICE_NS16550
#else
#define UART_KIND ARCH_DEVICE_NS16550_PORT
#endif

static const struct arch_device devices[] = {
    {
        .kind = UART_KIND,
        .stride = BOARD_UART_STRIDE,
        .base = BOARD_UART_BASE,
        .size = BOARD_UART_SIZE,
        .irq = ARCH_VECTOR_UART0,
        .port = UART_KIND == ARCH_DEVICE_NS16550_PORT,
    },
    {
        .kind = BOARD_KEYBOARD_PORT ? ARCH_DEVICE_I8042_PORT : ARCH_DEVICE_I8042,
        .stride = BOARD_KEYBOARD_STRIDE,
        .base = BOARD_KEYBOARD_BASE,
        .size = BOARD_KEYBOARD_SIZE,
        .irq = ARCH_VECTOR_KEYBOARD,
        .port = BOARD_KEYBOARD_PORT,
    },
};

status_t arch_device_get(uint32_t dev, struct arch_device *out)
{
    if (dev >= ARRAY_LEN(devices))
        return ERR_NOT_FOUND;
    *out = devices[dev];
    return STATUS_OK;
}

/* The board has no PCI bus: every device is absent. */
uint32_t arch_pci_config_read32(uint32_t bus, uint32_t dev, uint32_t func, uint32_t offset)
{
    (void)bus;
    (void)dev;
    (void)func;
    (void)offset;
    return UINT32_MAX;
}

void arch_pci_config_write32(uint32_t bus, uint32_t dev, uint32_t func, uint32_t offset, uint32_t value)
{
    (void)bus;
    (void)dev;
    (void)func;
    (void)offset;
    (void)value;
}

uint64_t arch_random(void)
{
    return host_random();
}
