/* SPDX-License-Identifier: MIT */
/* AArch64: the user registers as the EL0 trap entry saves them. The layout is ABI between C and the vectors. */
#pragma once
#include <abi/types.h>

#define ISA_FRAME_SIZE   288
#define ISA_FRAME_SP_EL0 248
#define ISA_FRAME_ELR    256
#define ISA_FRAME_SPSR   264

struct trap_frame {
    uint64_t x[31];
    uint64_t sp_el0;
    uint64_t elr;
    uint64_t spsr;
    uint64_t pad[2]; /* keeps the size a multiple of 16, as SP demands */
};

_Static_assert(offsetof(struct trap_frame, x) == 0, "x0 is first");
_Static_assert(offsetof(struct trap_frame, x[30]) == 240, "x30");
_Static_assert(offsetof(struct trap_frame, sp_el0) == ISA_FRAME_SP_EL0, "sp_el0");
_Static_assert(offsetof(struct trap_frame, elr) == ISA_FRAME_ELR, "elr");
_Static_assert(offsetof(struct trap_frame, spsr) == ISA_FRAME_SPSR, "spsr");
_Static_assert(offsetof(struct trap_frame, pad) == 272, "pad");
_Static_assert(sizeof(struct trap_frame) == ISA_FRAME_SIZE && ISA_FRAME_SIZE % 16 == 0, "size");
