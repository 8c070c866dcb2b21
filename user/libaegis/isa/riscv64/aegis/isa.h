/* SPDX-License-Identifier: MIT */
/* RISC-V: a7 number and status, a6 target, a0-a3 payload. */
#pragma once

static inline struct aegis_regs aegis_raw(uint64_t nr, uint64_t target, uint64_t w0, uint64_t w1, uint64_t w2,
                                          uint64_t w3)
{
    register uint64_t a7 __asm__("a7") = nr;
    register uint64_t a6 __asm__("a6") = target;
    register uint64_t a0 __asm__("a0") = w0;
    register uint64_t a1 __asm__("a1") = w1;
    register uint64_t a2 __asm__("a2") = w2;
    register uint64_t a3 __asm__("a3") = w3;
    __asm__ volatile("ecall" : "+r"(a7), "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3) : "r"(a6) : "memory");
    return (struct aegis_regs){(status_t)a7, {a0, a1, a2, a3}};
}

static inline void aegis_spin(uint64_t rounds)
{
    if (rounds > 0)
        __asm__ volatile(".option push\n\t.option norvc\n1:\taddi %0, %0, -1\n\tbnez %0, 1b\n\t.option pop"
                         : "+r"(rounds));
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
