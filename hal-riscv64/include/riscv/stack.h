/* SPDX-License-Identifier: MIT */
/* Stacks inside the image: where each CPU begins, and where it reports faults of the kernel. */
#pragma once
#include <abi/types.h>
#include <riscv/offsets.h>

/* The layout is known to boot/start.S. */
struct boot_stack {
    uint8_t guard[BOOT_STACK_GUARD];
    uint8_t bytes[BOOT_STACK_SIZE];
};

enum boot_stack_kind { BOOT_STACK_MAIN, BOOT_STACK_EXCEPTION, BOOT_STACK_KINDS };

/** Tell every CPU its two stacks. First thing at boot. */
void stacks_init(void);
/** End of the kernel stack that `sp` lies on; 0: on none. Any context. */
vaddr_t stack_top_of(vaddr_t sp);
/** Does `va` lie in a guard page, of these or of the kernel stacks? */
bool stack_is_guard(vaddr_t va);
