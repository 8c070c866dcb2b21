/* SPDX-License-Identifier: MIT */
/*
 * Full profile: every usable frame, one bit each. The bitmap lies in the first frames of the largest usable range; frames
 * outside the usable ranges count as used for ever. `hint` makes the search for a free frame short.
 */
#include <mm/frame.h>

#include "mm_priv.h"

#include <abi/status.h>
#include <arch/fault.h>
#include <arch/memory.h>
#include <base/bitmap.h>
#include <base/mem.h>
#include <config/config.h>
#include <diag/panic.h>

static KSTATE struct {
    struct spinlock lock;
    paddr_t base;        /* [I] frame 0: the lowest usable frame */
    uint32_t frames;     /* [I] bits in the map */
    uint32_t total;      /* [I] frames that can be handed out */
    uint32_t free_count GUARDED_BY(frames_role); /* [lock] */
    uint32_t hint GUARDED_BY(frames_role); /* [lock] no free frame below this one */
    uint64_t *map GUARDED_BY(frames_role); /* [lock] a set bit: used */
    paddr_t map_pa;      /* [I] where the bitmap lies */
    uint32_t map_frames; /* [I] and how many frames it takes */
    uint32_t marked;     /* [I] frames in use at frame_mark(); 0: before it */
} state = {.lock = SPINLOCK_INIT("frames", LOCK_RANK_MM)};

UNCHECKED_LOCKS static inline void frames_lock(void) TAKES_LOCK(frames_role)
{
    spin_lock(&state.lock);
}

UNCHECKED_LOCKS static inline void frames_unlock(void) RELEASES_LOCK(frames_role)
{
    spin_unlock(&state.lock);
}

static status_t source_alloc(void *ctx, paddr_t *out)
{
    (void)ctx;
    return frame_alloc(out);
}

static void source_free(void *ctx, paddr_t pa)
{
    (void)ctx;
    frame_free(pa);
}

static const struct frame_source source = {.alloc = source_alloc, .free = source_free};

const struct frame_source *frame_source_get(void)
{
    return &source;
}

/* The whole frames inside an entry: [*first, *first + return value * PAGE_SIZE). Never the one at 0, which means "none". */
static uint64_t whole_frames(struct boot_mmap_entry e, paddr_t *first)
{
    paddr_t start = e.base == 0 ? PAGE_SIZE : (e.base + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE;
    paddr_t end = (e.base + e.size) / PAGE_SIZE * PAGE_SIZE;

    *first = start;
    return e.type == BOOT_MMAP_USABLE && start >= e.base && end > start ? (end - start) / PAGE_SIZE : 0;
}

/* Find the span of the usable ranges and the largest of them, which will hold the bitmap. */
static uint64_t measure(const struct boot_mmap_entry *map, uint32_t count, paddr_t *largest)
{
    paddr_t low = UINT64_MAX, high = 0, first;
    uint64_t best = 0;

    for (uint32_t i = 0; i < count; i++) {
        uint64_t n = whole_frames(map[i], &first);

        if (n == 0)
            continue;
        low = first < low ? first : low;
        high = first + n * PAGE_SIZE > high ? first + n * PAGE_SIZE : high;
        if (n > best) {
            best = n;
            *largest = first;
        }
    }
    state.base = low;
    state.frames = high > low ? (uint32_t)((high - low) / PAGE_SIZE) : 0;
    return best;
}

/* Boot: nobody else runs. */
UNCHECKED_LOCKS status_t frame_init(const struct boot_mmap_entry *map, uint32_t count)
{
    paddr_t largest = 0, first;
    uint64_t best = measure(map, count, &largest);

    state.map_frames = (state.frames / 8 + PAGE_SIZE) / PAGE_SIZE;
    if (best < (uint64_t)state.map_frames + CONFIG_POOL_FRAMES)
        return ERR_NO_MEMORY;
    state.map_pa = largest;
    state.map = arch_phys_ptr(largest);
    (void)memset(state.map, 0xFF, (size_t)state.map_frames * PAGE_SIZE);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t n = whole_frames(map[i], &first);

        for (uint64_t k = 0; k < n; k++)
            bitmap_clear(state.map, (uint32_t)((first - state.base) / PAGE_SIZE + k));
        state.total += (uint32_t)n;
    }
    for (uint32_t k = 0; k < state.map_frames; k++)
        bitmap_set(state.map, (uint32_t)((largest - state.base) / PAGE_SIZE + k));
    state.total -= state.map_frames;
    state.free_count = state.total;
    return STATUS_OK;
}

status_t frame_alloc(paddr_t *out)
{
    uint32_t f;

    if (arch_fault(FAULT_FRAME))
        return ERR_NO_MEMORY;
    frames_lock();
    if (!bitmap_find_clear(state.map, state.frames, state.hint, &f)) {
        frames_unlock();
        return ERR_NO_MEMORY;
    }
    bitmap_set(state.map, f);
    state.hint = f + 1;
    state.free_count--;
    frames_unlock();
    *out = state.base + (paddr_t)f * PAGE_SIZE;
    (void)memset(arch_phys_ptr(*out), 0, PAGE_SIZE);
    return STATUS_OK;
}

static bool is_used_locked(paddr_t pa) REQUIRES_LOCK(frames_role)
{
    if (pa < state.base || pa % PAGE_SIZE != 0 || (pa - state.base) / PAGE_SIZE >= state.frames)
        return false;
    return bitmap_test(state.map, (uint32_t)((pa - state.base) / PAGE_SIZE));
}

bool frame_is_used(paddr_t pa)
{
    bool used;

    frames_lock();
    used = is_used_locked(pa);
    frames_unlock();
    return used;
}

void frame_free(paddr_t pa)
{
    uint32_t f;

    frames_lock();
    if (!is_used_locked(pa) || (pa >= state.map_pa && pa < state.map_pa + (paddr_t)state.map_frames * PAGE_SIZE))
        panic("frame_free: frame %lx is not in use", (unsigned long)pa);
    f = (uint32_t)((pa - state.base) / PAGE_SIZE);
    bitmap_clear(state.map, f);
    state.hint = f < state.hint ? f : state.hint;
    state.free_count++;
    frames_unlock();
}

/* A snapshot. */
UNCHECKED_LOCKS uint32_t frame_count_free(void)
{
    return state.free_count;
}

uint32_t frame_count_total(void)
{
    return state.total;
}

UNCHECKED_LOCKS void frame_mark(void)
{
    state.marked = state.total - state.free_count;
}

/* -- Invariants -- */

static const char *frame_check(void)
{
    bool right, same;

    frames_lock();
    right = state.frames - bitmap_count(state.map, state.frames) == state.free_count;
    same = state.marked == 0 || state.total - state.free_count == state.marked;
    frames_unlock();
    if (!right)
        return "the count of free frames is wrong";
    return same ? NULL : "not as many frames are in use as when the boot was complete";
}

const struct check_module frame_check_module = {.name = "frames", .check = frame_check};
