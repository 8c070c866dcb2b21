/* SPDX-License-Identifier: MIT */
/* What every harness uses: arbitrary values, assumptions and claims. */
#pragma once
#include <abi/types.h>

#define ASSUME(condition) __CPROVER_assume(condition)
#define CLAIM(condition, what) __CPROVER_assert(condition, what)

bool nondet_bool(void);
uint8_t nondet_u8(void);
uint16_t nondet_u16(void);
uint32_t nondet_u32(void);
uint64_t nondet_u64(void);
int32_t nondet_i32(void);

/* Any number below `limit`. */
static inline uint32_t any_below(uint32_t limit)
{
    uint32_t v = nondet_u32();

    ASSUME(v < limit);
    return v;
}
