/* SPDX-License-Identifier: MIT */
#pragma once
#include <isa/frame.h>

struct arch_context {
    uint64_t sp;
};

struct arch_kstack {
    uint64_t top;
};

struct arch_user {
    struct trap_frame frame;
};
