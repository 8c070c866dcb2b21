/* SPDX-License-Identifier: MIT */
/*
 * A frame_source for tests: a range of RAM, handed out zeroed, with a count of what is out and a limit that a test can
 * lower to see what happens without memory. Needs no libc, so the conformance suite uses it inside kernels.
 */
#pragma once
#include <arch/mmu.h>

struct test_frames {
    struct frame_source source;
    paddr_t first, next, end; /* the range; [next, end) was never handed out */
    paddr_t freed;            /* list through the frames themselves; 0: none */
    uint32_t live;            /* frames that are out */
    uint32_t limit;           /* `live` may not exceed it */
};

/** Use `count` frames from `first` (page-aligned, RAM that nobody else uses). frames->source is the source. */
void test_frames_init(struct test_frames *frames, paddr_t first, uint32_t count);
/** One frame, zeroed; panics without one. For pages rather than tables. */
paddr_t test_frame(struct test_frames *frames);
/** Give it back. */
void test_frame_free(struct test_frames *frames, paddr_t pa);
