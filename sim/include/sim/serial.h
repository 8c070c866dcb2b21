/* SPDX-License-Identifier: MIT */
/*
 * What stands behind a UART: a back end on the host (stdout, later a pty or a file) takes the bytes that the machine
 * sends, and a tap sees them too (transcript checks, hashes). Bytes towards the machine go through machine_input() of
 * <sim/input.h>, which hands them to serial_input() when they arrive.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct serial_backend {
    /** One byte left the machine. */
    void (*put)(struct serial_backend *backend, uint8_t byte);
    /** A good moment to hand buffered bytes on: the machine idles or ends. May be NULL. */
    void (*flush)(struct serial_backend *backend);
};

struct serial_tap {
    void (*byte)(struct serial_tap *tap, uint8_t byte, uint64_t time);
    struct serial_tap *next;
};

/** Use `backend` from now on; NULL: bytes are dropped. */
void serial_set_backend(struct serial_backend *backend);
/** The back end that writes to the process's stdout. */
struct serial_backend *serial_stdout(void);
/** Let `tap` see every byte the machine sends. */
void serial_add_tap(struct serial_tap *tap);
/** Begin each line behind the UART with its moment; show nothing before the first line of moment_clock.from. Before the start. */
void serial_decorate(bool moments, bool hidden);
/** Bytes that the back end was given, or would have been. */
uint64_t serial_sent(void);
/** The first `bytes` of them are there already: do not give them again. */
void serial_skip(uint64_t bytes);
/** The machine sent `byte` at `time`. */
void serial_output(uint8_t byte, uint64_t time);
/** `byte` arrives at the machine's UART now. False: its receive buffer is full, try again later. */
bool serial_input(uint8_t byte);
/** Hand buffered output on. */
void serial_flush(void);
