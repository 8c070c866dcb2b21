/* SPDX-License-Identifier: MIT */
/*
 * Kernel stacks by index, in a window of their own: a guard page, then ARCH_STACK_SIZE bytes. Frames are taken when an
 * index is used for the first time and kept for its next user, so no kernel mapping ever goes away.
 */
#pragma once
#include <abi/types.h>

#define KSTACK_COUNT 128u
#define KSTACK_SPAN (ARCH_STACK_SIZE + PAGE_SIZE)

struct frame_source;

/** Where frames come from. Once, from arch_mmu_init(). */
void kstack_init(const struct frame_source *frames);
/** The index whose guard page holds `va`, or -1. For the report of a stack overflow. Any context. */
int32_t kstack_guard_index(vaddr_t va);
