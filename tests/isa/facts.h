/* SPDX-License-Identifier: MIT */
/* What frame_test.c checks against: the facts of the linked ISA, said a second time and independently. */
#pragma once
#include <arch/isa.h>

/** One register of a report and where it is in the frame. */
struct isa_fact_register {
    const char *name;
    size_t offset;
};

struct isa_facts {
    const char *name;
    uint16_t elf_machine;
    const struct isa_fact_register *registers; /* in the order of reports, ended by a NULL name */
    const char *number, *target, *payload[4];  /* call registers of the static task ABI */
    const char *pc, *sp;
    const char *flags;          /* register of a report that is not 0 at the start, or NULL */
    const char *call_leaves[3]; /* registers that a call changes besides its results, ended by NULL */
};

extern const struct isa_facts isa_facts;
