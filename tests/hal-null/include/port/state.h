/* SPDX-License-Identifier: MIT */
/* hal-null: the little that the inline functions of the contract read. Tests go through <null/null.h> instead. */
#pragma once
#include <abi/types.h>

#define NULL_FRAMEBUFFER_BASE 0x50000000ull
#define NULL_FAULT_POINTS 16u

struct null_port {
    uint32_t cpu;              /* the executing CPU */
    bool trace;                /* somebody wants events */
    void (*preempt)(void);     /* called at every preemption point, or NULL */
    uint32_t fault_seen[NULL_FAULT_POINTS]; /* how often each fault point was reached */
    uint32_t fault_nth[NULL_FAULT_POINTS];  /* and which of these times it fails; 0: never */
    uint8_t *ram;              /* ARCH_RAM_BASE is here */
    uint64_t ram_size;         /* bytes */
    uint8_t *framebuffer;      /* NULL_FRAMEBUFFER_BASE is here */
    uint64_t framebuffer_size; /* bytes; 0: none */
};

extern struct null_port null_port;
