/* SPDX-License-Identifier: MIT */
/* Arbitrary bytes for Eva. */
#pragma once
#define _Alignas(x) /* not known to Frama-C, and of no meaning to Eva */
#include <abi/types.h>

/* Frama-C has no model of the builtin; nobody looks at what it returns, and nobody else runs. */
#define __atomic_fetch_add(p, v, order) (*(p) += (v))

extern volatile uint8_t any_byte;
extern volatile uint32_t any_u32;
extern volatile uint64_t any_u64;

/* LENGTH arbitrary bytes in an array that ends where they end, so that a byte too many is an alarm. */
static inline void any_bytes(uint8_t *p, uint32_t length)
{
    //@ loop unroll 1024;
    for (uint32_t i = 0; i < length; i++)
        p[i] = any_byte;
}
