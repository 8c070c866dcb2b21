/* SPDX-License-Identifier: MIT */
/*
 * Device models and the two buses they sit on: memory addresses and, on x86, I/O ports. A model is a struct device
 * with callbacks; the board (machine/board.c) attaches it.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct hash;

struct device {
    const char *name;
    uint64_t base; /* physical address or first port */
    uint32_t size; /* bytes or ports */
    bool port;
    /** Read or write a register: offset from base, 1, 2 or 4 bytes. The running CPU's clock is the time. */
    uint32_t (*read)(struct device *device, uint64_t offset, uint32_t size);
    void (*write)(struct device *device, uint64_t offset, uint32_t size, uint32_t value);
    /** Add everything that the guest could ever observe to the state hash. */
    void (*hash)(const struct device *device, struct hash *hash);
    struct device *next;
};

/** Put a device on its bus. */
void device_attach(struct device *device);
/** All devices, in the order of attachment. */
struct device *device_first(void);
/** One access; all ones where nothing answers. */
uint32_t device_read(uint64_t addr, uint32_t size, bool port);
void device_write(uint64_t addr, uint32_t size, bool port, uint32_t value);

/** The board's UART0, attached at the board's address. */
void uart_create(void);
/** A byte arrives from outside. False: no room in the receive buffer. */
bool uart_receive(uint8_t byte);
/** The board's keyboard controller, with a keyboard. */
void keyboard_create(void);
/** A key, named by its USB HID usage, is pressed or released. */
void keyboard_key(uint32_t usage, bool down);
/** The board's clock chip. */
void rtc_create(uint64_t epoch_seconds);
