/* SPDX-License-Identifier: MIT */
#pragma once
#include <a64/offsets.h>
#include <abi/types.h>

#include <isa/frame.h>

/** A kernel context that is not running: everything else is on its stack. */
struct arch_context {
    uint64_t sp;
};

/** A kernel stack of the window in <common/kstack.h>; top 0: none. */
struct arch_kstack {
    vaddr_t top;
};

struct arch_user {
    struct trap_frame frame;
    uint64_t tls; /* TPIDR_EL0, which EL0 writes without asking; it must not lead from one task to another */
};

_Static_assert(ISA_FRAME_SP_EL0 == USER_SP && ISA_FRAME_ELR == USER_PC, "frame");
_Static_assert(offsetof(struct arch_user, tls) == USER_TLS, "tls");
