/* SPDX-License-Identifier: MIT */
/* The device tree that describes the machine to the kernel, written with libfdt. */
#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#include <arch/irq.h>
#include <board.h>

#include "machine_priv.h"

struct writer {
    void *blob;
    bool failed;
};

static void check(struct writer *w, int error)
{
    w->failed |= error != 0;
}

static void begin(struct writer *w, const char *name, uint64_t unit)
{
    char path[64];

    snprintf(path, sizeof path, "%s@%llx", name, (unsigned long long)unit);
    check(w, fdt_begin_node(w->blob, path));
}

static void end(struct writer *w)
{
    check(w, fdt_end_node(w->blob));
}

static void text(struct writer *w, const char *name, const char *value)
{
    check(w, fdt_property_string(w->blob, name, value));
}

static void cell(struct writer *w, const char *name, uint32_t value)
{
    check(w, fdt_property_u32(w->blob, name, value));
}

static void reg(struct writer *w, uint64_t base, uint64_t size)
{
    fdt64_t cells[2] = {cpu_to_fdt64(base), cpu_to_fdt64(size)};

    check(w, fdt_property(w->blob, "reg", cells, sizeof cells));
}

static void write_framebuffer(struct writer *w)
{
    begin(w, "framebuffer", BOARD_FRAMEBUFFER_BASE);
    text(w, "compatible", "simple-framebuffer");
    reg(w, BOARD_FRAMEBUFFER_BASE, machine.framebuffer_size);
    cell(w, "width", BOARD_FRAMEBUFFER_WIDTH);
    cell(w, "height", BOARD_FRAMEBUFFER_HEIGHT);
    cell(w, "stride", BOARD_FRAMEBUFFER_PITCH);
    text(w, "format", "x8r8g8b8");
    end(w);
}

static void write_chosen(struct writer *w, uint64_t initrd_start, uint64_t initrd_end)
{
    check(w, fdt_begin_node(w->blob, "chosen"));
    cell(w, "#address-cells", 2);
    cell(w, "#size-cells", 2);
    check(w, fdt_property(w->blob, "ranges", NULL, 0));
    text(w, "bootargs", machine.config.append != NULL ? machine.config.append : "");
    text(w, "stdout-path", "serial0");
    if (initrd_end > initrd_start) {
        check(w, fdt_property_u64(w->blob, "linux,initrd-start", initrd_start));
        check(w, fdt_property_u64(w->blob, "linux,initrd-end", initrd_end));
    }
    if (!machine.config.no_framebuffer)
        write_framebuffer(w);
    end(w);
}

static void write_cpus(struct writer *w)
{
    check(w, fdt_begin_node(w->blob, "cpus"));
    cell(w, "#address-cells", 1);
    cell(w, "#size-cells", 0);
    cell(w, "timebase-frequency", machine.config.clock_rate);
    for (uint32_t i = 0; i < machine.config.cpus; i++) {
        begin(w, "cpu", i);
        text(w, "device_type", "cpu");
        cell(w, "reg", i);
        end(w);
    }
    end(w);
}

#ifdef BOARD_UART_NS16550_PORT
static void port_device(struct writer *w, const char *name, uint32_t base, uint32_t size, const char *compatible,
    uint32_t line)
{
    fdt32_t cells[3] = {cpu_to_fdt32(1), cpu_to_fdt32(base), cpu_to_fdt32(size)}; /* 1: I/O space */

    begin(w, name, base);
    text(w, "compatible", compatible);
    check(w, fdt_property(w->blob, "reg", cells, sizeof cells));
    cell(w, "interrupts", line);
    end(w);
}

static void write_devices(struct writer *w)
{
    check(w, fdt_begin_node(w->blob, "isa"));
    text(w, "device_type", "isa");
    cell(w, "#address-cells", 2);
    cell(w, "#size-cells", 1);
    port_device(w, "serial", (uint32_t)BOARD_UART_BASE, BOARD_UART_SIZE, "ns16550a", ARCH_VECTOR_UART0);
    port_device(w, "keyboard", (uint32_t)BOARD_KEYBOARD_BASE, BOARD_KEYBOARD_SIZE, "pnpPNP,303", ARCH_VECTOR_KEYBOARD);
    port_device(w, "rtc", (uint32_t)BOARD_RTC_BASE, BOARD_RTC_SIZE, "motorola,mc146818", ARCH_VECTOR_RTC);
    end(w);
}
#else
static void memory_device(struct writer *w, const char *name, uint64_t base, uint64_t size, const char *compatible,
    uint32_t line)
{
    begin(w, name, base);
    text(w, "compatible", compatible);
    reg(w, base, size);
    cell(w, "interrupts", line);
    end(w);
}

static void write_devices(struct writer *w)
{
    check(w, fdt_begin_node(w->blob, "soc"));
    text(w, "compatible", "simple-bus");
    cell(w, "#address-cells", 2);
    cell(w, "#size-cells", 2);
    check(w, fdt_property(w->blob, "ranges", NULL, 0));
    memory_device(w, "keyboard", BOARD_KEYBOARD_BASE, BOARD_KEYBOARD_SIZE, "pnpPNP,303", ARCH_VECTOR_KEYBOARD);
#ifdef BOARD_UART_PL011
    memory_device(w, "serial", BOARD_UART_BASE, BOARD_UART_SIZE, "arm,pl011", ARCH_VECTOR_UART0);
    memory_device(w, "rtc", BOARD_RTC_BASE, BOARD_RTC_SIZE, "arm,pl031", ARCH_VECTOR_RTC);
#else
    memory_device(w, "serial", BOARD_UART_BASE, BOARD_UART_SIZE, "ns16550a", ARCH_VECTOR_UART0);
    memory_device(w, "rtc", BOARD_RTC_BASE, BOARD_RTC_SIZE, "google,goldfish-rtc", ARCH_VECTOR_RTC);
#endif
    end(w);
}
#endif

bool dtb_generate(void *blob, size_t size, uint64_t initrd_start, uint64_t initrd_end)
{
    struct writer w = {.blob = blob};

    check(&w, fdt_create(blob, (int)size));
    check(&w, fdt_finish_reservemap(blob));
    check(&w, fdt_begin_node(blob, ""));
    text(&w, "compatible", BOARD_NAME);
    text(&w, "model", BOARD_NAME);
    cell(&w, "#address-cells", 2);
    cell(&w, "#size-cells", 2);
    write_chosen(&w, initrd_start, initrd_end);
    begin(&w, "memory", BOARD_RAM_BASE);
    text(&w, "device_type", "memory");
    reg(&w, BOARD_RAM_BASE, machine.config.ram_size);
    end(&w);
    write_cpus(&w);
    write_devices(&w);
    end(&w);
    check(&w, fdt_finish(blob));
    return !w.failed;
}
