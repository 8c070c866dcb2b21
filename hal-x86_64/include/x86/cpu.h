/* SPDX-License-Identifier: MIT */
/* Instructions that C has no words for. */
#pragma once
#include <abi/types.h>

struct cpuid {
    uint32_t eax, ebx, ecx, edx;
};

static inline struct cpuid x86_cpuid(uint32_t leaf, uint32_t subleaf)
{
    struct cpuid r;

    __asm__ volatile("cpuid" : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx) : "a"(leaf), "c"(subleaf));
    return r;
}

static inline uint64_t x86_rdmsr(uint32_t msr)
{
    uint32_t low, high;

    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return (uint64_t)high << 32 | low;
}

static inline void x86_wrmsr(uint32_t msr, uint64_t value)
{
    __asm__ volatile("wrmsr" : : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)) : "memory");
}

#define X86_CONTROL_REGISTER(n)                                                  \
    static inline uint64_t x86_read_cr##n(void)                                  \
    {                                                                            \
        uint64_t value;                                                          \
                                                                                 \
        __asm__ volatile("mov %%cr" #n ", %0" : "=r"(value) : : "memory");       \
        return value;                                                            \
    }                                                                            \
    static inline void x86_write_cr##n(uint64_t value)                           \
    {                                                                            \
        __asm__ volatile("mov %0, %%cr" #n : : "r"(value) : "memory");           \
    }
X86_CONTROL_REGISTER(0)
X86_CONTROL_REGISTER(2)
X86_CONTROL_REGISTER(3)
X86_CONTROL_REGISTER(4)

static inline uint64_t x86_rdtsc(void)
{
    uint32_t low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

static inline uint8_t x86_in8(uint16_t port)
{
    uint8_t value;

    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

static inline uint16_t x86_in16(uint16_t port)
{
    uint16_t value;

    __asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

static inline uint32_t x86_in32(uint16_t port)
{
    uint32_t value;

    __asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

static inline void x86_out8(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static inline void x86_out16(uint16_t port, uint16_t value)
{
    __asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static inline void x86_out32(uint16_t port, uint32_t value)
{
    __asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static inline void x86_pause(void)
{
    __asm__ volatile("pause");
}

/* -- What the CPU offers (CPUID) -- */

enum x86_feature {
    X86_HYPERVISOR, /* the machine is a program */
    X86_XSAVE,
    X86_AVX,
    X86_RDRAND,
    X86_MCE,
    X86_SMEP,
    X86_SMAP,
    X86_UMIP,
    X86_PAGE_1G,
};

/** Any context. */
bool x86_has(enum x86_feature feature);
