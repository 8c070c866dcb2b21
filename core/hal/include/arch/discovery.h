/* SPDX-License-Identifier: MIT */
/* HAL contract: what hardware there is. */
#pragma once
#include <abi/types.h>
#include <base/compiler.h>

typedef enum { FIRMWARE_ACPI, FIRMWARE_DEVICE_TREE, FIRMWARE_NONE } firmware_type_t;

/** How this machine describes itself. */
firmware_type_t arch_get_firmware_type(void);
/** Read the description the boot protocol handed over (NULL: the one of boot_info). Boot context. Errors: FDT_*, NOT_FOUND. */
MUST_CHECK status_t arch_firmware_parse(const void *boot_firmware_data);

/** Kinds of register blocks that DEVICE_MAP hands to user drivers; the values are ABI (result word 1). */
enum arch_device_kind {
    ARCH_DEVICE_PL011 = 1,
    ARCH_DEVICE_NS16550 = 2,
    ARCH_DEVICE_NS16550_PORT = 3,
    ARCH_DEVICE_I8042 = 4, /* keyboard controller: data register, status register `stride` bytes on */
    ARCH_DEVICE_I8042_PORT = 5,
};

/** A device that a task may own. */
struct arch_device {
    uint32_t kind;   /* enum arch_device_kind */
    uint32_t stride; /* bytes between two registers */
    uint64_t base;   /* physical address, or first I/O port */
    uint32_t size;   /* bytes or ports; at most a page */
    uint32_t irq;    /* vector */
    bool port;       /* I/O ports instead of memory */
};

/** Device number `dev` of the DEVICE_MAP call (0 = UART0, 1 = keyboard). NOT_FOUND. The interrupt controller is never listed. */
MUST_CHECK status_t arch_device_get(uint32_t dev, struct arch_device *out);

/** One PCI configuration word; 0xFFFFFFFF for an absent device. */
uint32_t arch_pci_config_read32(uint32_t bus, uint32_t dev, uint32_t func, uint32_t offset);
void arch_pci_config_write32(uint32_t bus, uint32_t dev, uint32_t func, uint32_t offset, uint32_t value);

/** 64 bits from the machine's random source (seeded in the simulator). */
uint64_t arch_random(void);
