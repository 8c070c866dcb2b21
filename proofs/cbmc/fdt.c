/* SPDX-License-Identifier: MIT */
/* The contracts of the loads of the device-tree reader, which proofs/wp takes on trust: every input. */
#include "harness.h"

#include "core/base/fdt.c"
#include "core/base/string.c"

void prove_big_endian(void)
{
    uint8_t p[8];
    uint64_t want = 0;

    for (uint32_t i = 0; i < 8; i++) {
        p[i] = nondet_u8();
        want = want * 256 + p[i];
        if (i == 3)
            CLAIM(load_be32(p) == want, "be32");
    }
    CLAIM(load_be64(p) == want, "be64");
}
