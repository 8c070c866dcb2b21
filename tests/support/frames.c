/* SPDX-License-Identifier: MIT */
#include <support/frames.h>

#include <abi/status.h>
#include <arch/cpu.h>
#include <arch/memory.h>
#include <base/mem.h>

#define FREED_PATTERN 0xA5

static status_t frames_alloc(void *ctx, paddr_t *out)
{
    struct test_frames *frames = ctx;
    paddr_t pa = frames->freed;
    if (frames->live >= frames->limit || (pa == 0 && frames->next == frames->end))
        return ERR_NO_MEMORY;
    if (pa != 0) {
        memcpy(&frames->freed, arch_phys_ptr(pa), sizeof(frames->freed));
    } else {
        pa = frames->next;
        frames->next += PAGE_SIZE;
    }
    memset(arch_phys_ptr(pa), 0, PAGE_SIZE);
    frames->live++;
    *out = pa;
    return STATUS_OK;
}

static void frames_free(void *ctx, paddr_t pa)
{
    struct test_frames *frames = ctx;
    if (pa < frames->first || pa >= frames->next || pa % PAGE_SIZE != 0 || frames->live == 0)
        arch_panic("test_frames: freed a frame that was never handed out");
    memset(arch_phys_ptr(pa), FREED_PATTERN, PAGE_SIZE);
    memcpy(arch_phys_ptr(pa), &frames->freed, sizeof(frames->freed));
    frames->freed = pa;
    frames->live--;
}

void test_frames_init(struct test_frames *frames, paddr_t first, uint32_t count)
{
    *frames = (struct test_frames){
        .source = {.alloc = frames_alloc, .free = frames_free, .ctx = frames},
        .first = first,
        .next = first,
        .end = first + (uint64_t)count * PAGE_SIZE,
        .limit = count,
    };
}

paddr_t test_frame(struct test_frames *frames)
{
    paddr_t pa;
    if (frames_alloc(frames, &pa) != STATUS_OK)
        arch_panic("test_frames: out of frames");
    return pa;
}

void test_frame_free(struct test_frames *frames, paddr_t pa)
{
    frames_free(frames, pa);
}
