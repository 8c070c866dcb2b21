/* SPDX-License-Identifier: MIT */
/* AArch64: x7 number and status, x6 target, x0-x3 payload. */
#pragma once

static inline struct aegis_regs aegis_raw(uint64_t nr, uint64_t target, uint64_t w0, uint64_t w1, uint64_t w2,
                                          uint64_t w3)
{
    register uint64_t x7 __asm__("x7") = nr;
    register uint64_t x6 __asm__("x6") = target;
    register uint64_t x0 __asm__("x0") = w0;
    register uint64_t x1 __asm__("x1") = w1;
    register uint64_t x2 __asm__("x2") = w2;
    register uint64_t x3 __asm__("x3") = w3;
    __asm__ volatile("svc #0" : "+r"(x7), "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) : "r"(x6) : "memory");
    return (struct aegis_regs){(status_t)x7, {x0, x1, x2, x3}};
}

static inline void aegis_spin(uint64_t rounds)
{
    if (rounds > 0)
        __asm__ volatile("1: subs %0, %0, #1\n\tb.ne 1b" : "+r"(rounds) : : "cc");
}

static inline uint8_t aegis_port_read(uint64_t port)
{
    (void)port;
    return 0xFF;
}

static inline void aegis_port_write(uint64_t port, uint8_t value)
{
    (void)port;
    (void)value;
}
