/* SPDX-License-Identifier: MIT */
/* Control and status registers of S-mode, and the fences. */
#pragma once

#define SSTATUS_SIE (1 << 1)
#define SSTATUS_SPIE (1 << 5)
#define SSTATUS_SPP (1 << 8)
#define SSTATUS_VS (3 << 9)
#define SSTATUS_FS (3 << 13)
#define SSTATUS_SUM (1 << 18)
#define SSTATUS_MXR (1 << 19)

#define SATP_SV39 8
#define SATP_MODE_SHIFT 60
#define SATP_ASID_SHIFT 44

#ifndef __ASSEMBLER__
#include <abi/types.h>

/* In sip and sie. */
#define INTERRUPT_SOFTWARE (UINT64_C(1) << 1)
#define INTERRUPT_TIMER (UINT64_C(1) << 5)
#define INTERRUPT_EXTERNAL (UINT64_C(1) << 9)

/* scause. */
#define CAUSE_INTERRUPT (UINT64_C(1) << 63)
enum {
    CAUSE_FETCH_MISALIGNED = 0,
    CAUSE_FETCH_ACCESS = 1,
    CAUSE_ILLEGAL = 2,
    CAUSE_BREAKPOINT = 3,
    CAUSE_LOAD_MISALIGNED = 4,
    CAUSE_LOAD_ACCESS = 5,
    CAUSE_STORE_MISALIGNED = 6,
    CAUSE_STORE_ACCESS = 7,
    CAUSE_USER_CALL = 8,
    CAUSE_FETCH_PAGE = 12,
    CAUSE_LOAD_PAGE = 13,
    CAUSE_STORE_PAGE = 15,
};

/* stimecmp (Sstc); by number, because older assemblers do not know the name. */
#define CSR_STIMECMP 0x14D

#define CSR_TEXT(csr) #csr
#define CSR_NAME(csr) CSR_TEXT(csr)
#define CSR_READ(csr)                                                     \
    __extension__({                                                       \
        uint64_t csr_value;                                               \
        __asm__ volatile("csrr %0, " CSR_NAME(csr) : "=r"(csr_value)::"memory"); \
        csr_value;                                                        \
    })
#define CSR_WRITE(csr, value) __asm__ volatile("csrw " CSR_NAME(csr) ", %0" ::"r"((uint64_t)(value)) : "memory")
#define CSR_SET(csr, bits) __asm__ volatile("csrs " CSR_NAME(csr) ", %0" ::"r"((uint64_t)(bits)) : "memory")
#define CSR_CLEAR(csr, bits) __asm__ volatile("csrc " CSR_NAME(csr) ", %0" ::"r"((uint64_t)(bits)) : "memory")

/** Memory and devices, everything before everything after. */
static inline void fence_all(void)
{
    __asm__ volatile("fence iorw, iorw" ::: "memory");
}

/** This hart fetches what was stored before. */
static inline void fence_code(void)
{
    __asm__ volatile("fence.i" ::: "memory");
}

/** This hart forgets all translations that are not global. */
static inline void fence_tables(void)
{
    __asm__ volatile("sfence.vma zero, zero" ::: "memory");
}

static inline void wait_for_interrupt(void)
{
    __asm__ volatile("wfi" ::: "memory");
}

/** Ticks of the timebase. */
static inline uint64_t read_time(void)
{
    return CSR_READ(time);
}
#endif
