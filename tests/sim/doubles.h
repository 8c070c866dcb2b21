/* SPDX-License-Identifier: MIT */
/* What stands in for the machine around a part of the simulator that is tested alone. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct doubles {
    uint64_t now;      /* machine_now() */
    uint64_t horizon;  /* the earliest time given to machine_horizon() */
    uint32_t line;     /* last line that changed */
    bool asserted;     /* and its level */
    uint8_t sent[256]; /* bytes that left the UART */
    uint32_t sent_count;
};

extern struct doubles doubles;
