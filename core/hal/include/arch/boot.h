/* SPDX-License-Identifier: MIT */
/* HAL contract: from the machine's first instruction to kernel_main(), and what core is told there. */
#pragma once
#include <abi/types.h>
#include <base/compiler.h>

#define BOOT_MMAP_MAX 32u
#define BOOT_MODULES_MAX 4u
#define BOOT_CMDLINE_MAX 512u

enum boot_mmap_type { BOOT_MMAP_USABLE = 1, BOOT_MMAP_RESERVED = 2 };

struct boot_mmap_entry {
    paddr_t base;
    uint64_t size; /* bytes */
    uint32_t type; /* enum boot_mmap_type */
};

struct boot_module {
    paddr_t start, end; /* [start, end) */
    char cmdline[64];
};

struct boot_framebuffer {
    paddr_t addr; /* 0: none */
    uint32_t width, height, pitch, bpp;
};

/** What the boot protocol handed over. Filled by the HAL, immutable afterwards. */
struct boot_info {
    paddr_t fdt;       /* device tree blob in RAM, or 0 */
    uint32_t fdt_size; /* bytes, as its header says */
    struct boot_framebuffer framebuffer;
    char cmdline[BOOT_CMDLINE_MAX];
};

struct hw_summary {
    uint64_t total_ram_bytes;
    uint32_t cpu_count;
    uint32_t module_count;
    bool acpi_available;
    bool framebuffer_available;
    char cmdline[BOOT_CMDLINE_MAX];
};

/**
 * Entered by the port's start code on the boot CPU, interrupts off, with the boot protocol's parameter block. Fills a
 * struct boot_info and enters kernel_main() exactly once; does not return. Bad parameters end in arch_panic() with a named message.
 */
NORETURN void arch_boot_init(void *boot_params);

/** Core's entry, called once by arch_boot_init(). `info` stays valid for ever. */
NORETURN void kernel_main(const struct boot_info *info);

/**
 * The portable memory map: sorted by base, no two entries overlap, reserved ranges (kernel, device tree, modules, firmware)
 * already cut out of the usable ones. In: *count = room in `map`; out: entries written. Boot context.
 * Errors: INVALID_ARGS overlapping or unaligned RAM; OUT_OF_RANGE more entries than room; FDT_*: unreadable description.
 */
MUST_CHECK status_t arch_parse_memory_map(const struct boot_info *info, struct boot_mmap_entry *map, uint32_t *count);

/** Every boot module. In: *count = room; out: modules written. Errors: OUT_OF_RANGE no room, INVALID_ARGS outside RAM, FDT_*. */
MUST_CHECK status_t arch_parse_modules(const struct boot_info *info, struct boot_module *modules, uint32_t *count);

/** What the machine is, equal to the description of the backend. After arch_boot_init(); any context. */
void arch_get_hw_summary(struct hw_summary *out);

/** The earliest console: usable before any other init, on every CPU. */
void arch_serial_early_init(void);
/** Send one byte; waits for room in the transmitter (bounded by its line speed). Any context. */
void arch_serial_putchar(char c);
/** True if everything sent has left the transmitter, that is, ARCH_SERIAL_FIFO bytes fit without waiting. */
bool arch_serial_idle(void);
#define ARCH_SERIAL_FIFO 16u
