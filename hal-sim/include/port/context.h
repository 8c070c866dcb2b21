/* SPDX-License-Identifier: MIT */
/* hal-sim: kernel contexts are host fibers; user registers are the ISA's trap frame, or live in a CPU's engine. */
#pragma once
#include <abi/types.h>

#include <isa/frame.h>

struct fiber;

/** A fiber that is not running. */
struct arch_context {
    struct fiber *fiber;
};

/** A host stack with a guard below; NULL: none. */
struct arch_kstack {
    struct fiber *fiber;
};

struct arch_user {
    struct trap_frame frame; /* while live != 0 only the program counter and, after a call, the call registers count */
    uint32_t live;           /* 1 + number of the CPU whose engine holds the registers; 0: `frame` has them all */
    bool dirty;              /* live: the call registers in `frame` are newer than the engine's */
    uint32_t port_first, port_count; /* x86: I/O ports that this state may use */
};
