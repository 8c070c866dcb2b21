/* SPDX-License-Identifier: MIT */
/*
 * Safety profile: a fixed pool. The first usable range that can hold it is cut to CONFIG_POOL_FRAMES frames at boot; after
 * that a frame is a small number, and the free ones form a chain through one static array.
 */
#include <mm/frame.h>

#include "mm_priv.h"

#include <abi/status.h>
#include <arch/fault.h>
#include <arch/memory.h>
#include <base/mem.h>
#include <config/config.h>
#include <diag/panic.h>

#define POOL_END 0xFFFFu
#define POOL_USED 0xFFFEu

_Static_assert(CONFIG_POOL_FRAMES < POOL_USED, "frame numbers are 16 bits");

static KSTATE struct {
    struct spinlock lock;
    paddr_t base;                       /* [I] first frame */
    uint32_t free_count GUARDED_BY(frames_role); /* [lock] */
    uint16_t first GUARDED_BY(frames_role); /* [lock] head of the free chain */
    uint16_t next[CONFIG_POOL_FRAMES] GUARDED_BY(frames_role); /* [lock] next free frame, POOL_END, or POOL_USED */
    uint32_t ready;                     /* [I] frames in the pool: 0 before frame_init() */
    uint32_t marked;                    /* [I] frames in use at frame_mark(); 0: before it */
} state = {.lock = SPINLOCK_INIT("frames", LOCK_RANK_MM)};

UNCHECKED_LOCKS static inline void frames_lock(void) TAKES_LOCK(frames_role)
{
    spin_lock(&state.lock);
}

UNCHECKED_LOCKS static inline void frames_unlock(void) RELEASES_LOCK(frames_role)
{
    spin_unlock(&state.lock);
}

/* Is `pa` the address of one of the `count` frames from `base` on? */
/*@ requires base % 4096 == 0;
  @ assigns \nothing;
  @ ensures \result <==> \exists integer f; 0 <= f < count && pa == base + f * 4096;
  @*/
static bool is_frame(paddr_t pa, paddr_t base, uint32_t count)
{
    return pa >= base && pa % PAGE_SIZE == 0 && (pa - base) / PAGE_SIZE < count;
}

/* The number of the frame at `pa`. */
/*@ requires pa >= base && (pa - base) / 4096 < CONFIG_POOL_FRAMES && (pa - base) % 4096 == 0;
  @ assigns \nothing;
  @ ensures \result < CONFIG_POOL_FRAMES && pa == base + \result * 4096;
  @*/
static uint32_t frame_of(paddr_t pa, paddr_t base)
{
    return (uint32_t)((pa - base) / PAGE_SIZE);
}

/* The address of frame `f`. */
/*@ requires f < CONFIG_POOL_FRAMES && base + CONFIG_POOL_FRAMES * 4096 <= UINT64_MAX;
  @ assigns \nothing;
  @ ensures \result == base + f * 4096;
  @*/
static paddr_t address_of(uint32_t f, paddr_t base)
{
    return base + (paddr_t)f * PAGE_SIZE;
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

/* Boot: nobody else runs. */
UNCHECKED_LOCKS status_t frame_init(const struct boot_mmap_entry *map, uint32_t count)
{
    const uint64_t need = (uint64_t)CONFIG_POOL_FRAMES * PAGE_SIZE;

    for (uint32_t i = 0; i < count; i++) {
        paddr_t base = map[i].base == 0 ? PAGE_SIZE : (map[i].base + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE;

        /* Never the frame at 0, which means "none". */
        if (map[i].type != BOOT_MMAP_USABLE || base < map[i].base || base - map[i].base > map[i].size ||
            map[i].size - (base - map[i].base) < need)
            continue;
        state.base = base;
        for (uint32_t f = 0; f < CONFIG_POOL_FRAMES; f++)
            state.next[f] = (uint16_t)(f + 1 < CONFIG_POOL_FRAMES ? f + 1 : POOL_END);
        state.first = 0;
        state.free_count = CONFIG_POOL_FRAMES;
        state.ready = CONFIG_POOL_FRAMES;
        return STATUS_OK;
    }
    return ERR_NO_MEMORY;
}

status_t frame_alloc(paddr_t *out)
{
    uint32_t f;

    if (arch_fault(FAULT_FRAME))
        return ERR_NO_MEMORY;
    frames_lock();
    if (state.free_count == 0) {
        frames_unlock();
        return ERR_NO_MEMORY;
    }
    f = state.first;
    state.first = state.next[f];
    state.next[f] = POOL_USED;
    state.free_count--;
    frames_unlock();
    *out = address_of(f, state.base);
    (void)memset(arch_phys_ptr(*out), 0, PAGE_SIZE);
    return STATUS_OK;
}

static bool is_used_locked(paddr_t pa) REQUIRES_LOCK(frames_role)
{
    return is_frame(pa, state.base, state.ready) && state.next[frame_of(pa, state.base)] == POOL_USED;
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
    if (!is_used_locked(pa))
        panic("frame_free: frame %lx is not in use", (unsigned long)pa);
    f = frame_of(pa, state.base);
    state.next[f] = state.first;
    state.first = (uint16_t)f;
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
    return state.ready;
}

UNCHECKED_LOCKS void frame_mark(void)
{
    state.marked = state.ready - state.free_count;
}

/* -- Invariants -- */

static uint32_t count_free_locked(void) REQUIRES_LOCK(frames_role)
{
    uint32_t n = 0;

    for (uint32_t f = 0; f < state.ready; f++)
        n += state.next[f] != POOL_USED;
    return n;
}

static const char *frame_check(void)
{
    bool right, same;

    frames_lock();
    right = count_free_locked() == state.free_count;
    same = state.marked == 0 || state.ready - state.free_count == state.marked;
    frames_unlock();
    if (!right)
        return "the count of free frames is wrong";
    return same ? NULL : "not as many frames are in use as when the boot was complete";
}

const struct check_module frame_check_module = {.name = "frames", .check = frame_check};
