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

/** I/O ports [first, first + count); count 0: none. */
struct port_range {
    uint32_t first, count;
};

#define PORT_RANGES 2u /* as many as there are devices with ports (arch_device_get) */

struct arch_user {
    struct trap_frame frame __attribute__((aligned(16))); /* the CPU pushes right into it, and aligns before it does */
    struct port_range ports[PORT_RANGES];                 /* which this state may use */
};
