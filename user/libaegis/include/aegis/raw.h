/* SPDX-License-Identifier: MIT */
/* The one call primitive under all wrappers; <aegis/isa.h> of the instruction set implements it. */
#pragma once
#include <abi/types.h>

/** What a call leaves in the registers. */
struct aegis_regs {
    status_t status; /* 0, or negative: then w[0] is the code of errors.tbl */
    uint64_t w[4];
};

/** A message of RECV and CALL. */
struct aegis_msg {
    uint64_t w[4];
};

/** What DEVICE_MAP says; see <aegis/device.h>. */
struct aegis_device {
    uint64_t kind, base, stride;
};

/** Make call `nr`: target register and payload words as aegis.tbl says. Only the returned registers change. */
static inline struct aegis_regs aegis_raw(uint64_t nr, uint64_t target, uint64_t w0, uint64_t w1, uint64_t w2,
                                          uint64_t w3);

/** Use up processor time: `rounds` times eight bytes of code, on every instruction set. */
static inline void aegis_spin(uint64_t rounds);

/** Read or write one byte of an I/O port. Where there are no ports: reads as all ones, ignores writes. */
static inline uint8_t aegis_port_read(uint64_t port);
static inline void aegis_port_write(uint64_t port, uint8_t value);

#include <aegis/isa.h>
