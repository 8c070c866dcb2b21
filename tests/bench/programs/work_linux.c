/* SPDX-License-Identifier: MIT */
/* The workload as a Linux program without a C library, for qemu-user and for the host itself. */
#include "work.h"

__attribute__((noreturn)) static void leave(long code)
{
#if defined(__x86_64__)
    __asm__ volatile("syscall" : : "a"(60L), "D"(code) : "rcx", "r11", "memory");
#elif defined(__aarch64__)
    register long x0 __asm__("x0") = code, x8 __asm__("x8") = 93;
    __asm__ volatile("svc #0" : : "r"(x0), "r"(x8) : "memory");
#else
    register long a0 __asm__("a0") = code, a7 __asm__("a7") = 93;
    __asm__ volatile("ecall" : : "r"(a0), "r"(a7) : "memory");
#endif
    __builtin_unreachable();
}

__attribute__((noreturn, used)) void _start(void);

void _start(void)
{
    leave(work(ROUNDS) & 31u);
}
