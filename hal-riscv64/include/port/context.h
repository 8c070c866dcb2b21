/* SPDX-License-Identifier: MIT */
#pragma once
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
};
