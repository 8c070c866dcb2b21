/* SPDX-License-Identifier: MIT */
/* x86_64: rax number and status, r8 target, rdi rsi rdx r10 payload; `syscall` overwrites rcx and r11. */
#pragma once

static inline struct aegis_regs aegis_raw(uint64_t nr, uint64_t target, uint64_t w0, uint64_t w1, uint64_t w2,
                                          uint64_t w3)
{
    register uint64_t rax __asm__("rax") = nr;
    register uint64_t rdi __asm__("rdi") = w0;
    register uint64_t rsi __asm__("rsi") = w1;
    register uint64_t rdx __asm__("rdx") = w2;
    register uint64_t r10 __asm__("r10") = w3;
    register uint64_t r8 __asm__("r8") = target;
    __asm__ volatile("syscall"
                     : "+r"(rax), "+r"(rdi), "+r"(rsi), "+r"(rdx), "+r"(r10)
                     : "r"(r8)
                     : "rcx", "r11", "memory", "cc");
    return (struct aegis_regs){(status_t)rax, {rdi, rsi, rdx, r10}};
}

static inline void aegis_spin(uint64_t rounds)
{
    if (rounds > 0)
        __asm__ volatile("1: dec %0\n\tnopl (%%rax)\n\tjnz 1b" : "+r"(rounds) : : "cc");
}

static inline uint8_t aegis_port_read(uint64_t port)
{
    uint8_t value;
    __asm__ volatile("inb %w1, %0" : "=a"(value) : "Nd"((uint16_t)port) : "memory");
    return value;
}

static inline void aegis_port_write(uint64_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %w1" : : "a"(value), "Nd"((uint16_t)port) : "memory");
}
