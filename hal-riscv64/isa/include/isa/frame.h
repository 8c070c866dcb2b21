/* SPDX-License-Identifier: MIT */
/* RISC-V: the user registers as the U-mode trap entry saves them. The layout is ABI between C and the trap vector. */
#pragma once
#include <abi/types.h>

#define ISA_FRAME_SIZE    272
#define ISA_FRAME_SEPC    248
#define ISA_FRAME_SSTATUS 256

struct trap_frame {
    uint64_t x[31]; /* x1..x31: register n is x[n - 1]; x0 is always 0 */
    uint64_t sepc;
    uint64_t sstatus;
    uint64_t pad; /* keeps the size a multiple of 16, as the calling convention demands of sp */
};

_Static_assert(offsetof(struct trap_frame, x) == 0, "x1 is first");
_Static_assert(offsetof(struct trap_frame, x[30]) == 240, "x31");
_Static_assert(offsetof(struct trap_frame, sepc) == ISA_FRAME_SEPC, "sepc");
_Static_assert(offsetof(struct trap_frame, sstatus) == ISA_FRAME_SSTATUS, "sstatus");
_Static_assert(sizeof(struct trap_frame) == ISA_FRAME_SIZE && ISA_FRAME_SIZE % 16 == 0, "size");
