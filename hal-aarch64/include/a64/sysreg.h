/* SPDX-License-Identifier: MIT */
/* System registers and barriers. Names that old assemblers do not know are given by their encoding. */
#pragma once
#include <abi/types.h>

#define SYSREG_READ(reg) SYSREG_READ_NAME(reg)
#define SYSREG_WRITE(reg, value) SYSREG_WRITE_NAME(reg, value)
#define SYSREG_READ_NAME(reg)                             \
    __extension__({                                       \
        uint64_t value_;                                  \
        __asm__ volatile("mrs %0, " #reg : "=r"(value_)); \
        value_;                                           \
    })
#define SYSREG_WRITE_NAME(reg, value) __asm__ volatile("msr " #reg ", %0" : : "r"((uint64_t)(value)) : "memory")

#define ICC_PMR_EL1 S3_0_C4_C6_0
#define ICC_DIR_EL1 S3_0_C12_C11_1
#define ICC_SGI1R_EL1 S3_0_C12_C11_5
#define ICC_IAR1_EL1 S3_0_C12_C12_0
#define ICC_EOIR1_EL1 S3_0_C12_C12_1
#define ICC_BPR1_EL1 S3_0_C12_C12_3
#define ICC_CTLR_EL1 S3_0_C12_C12_4
#define ICC_SRE_EL1 S3_0_C12_C12_5
#define AMUSERENR_EL0 S3_3_C13_C2_3
#define ICC_IGRPEN1_EL1 S3_0_C12_C12_7

static inline void isb(void)
{
    __asm__ volatile("isb" : : : "memory");
}

#define DSB(what) __asm__ volatile("dsb " #what : : : "memory")
#define TLBI(what) __asm__ volatile("tlbi " #what : : : "memory")
#define TLBI_ARG(what, arg) __asm__ volatile("tlbi " #what ", %0" : : "r"((uint64_t)(arg)) : "memory")

/** Field of four bits of an ID register. */
static inline uint32_t id_field(uint64_t reg, uint32_t shift)
{
    return (uint32_t)(reg >> shift) & 15u;
}
