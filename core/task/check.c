/* SPDX-License-Identifier: MIT */
/* Invariants over the memory of all tasks: W^X, and no frame in two tasks without a grant; and the tasks' hash. */
#include "task_priv.h"

#include <abi/status.h>
#include <arch/cpu.h>
#include <arch/memory.h>
#include <ipc/ipc.h>
#include <mm/frame.h>

static const char *check_page(const struct task *t, vaddr_t va, paddr_t expected)
{
    paddr_t pa = 0;
    uint32_t flags = 0;

    if (arch_walk(&t->space, va, &pa, &flags) != STATUS_OK)
        return expected == 0 ? NULL : "a page of a task is not mapped";
    if (pa != expected)
        return "a task maps a frame that is not its own";
    if ((flags & ARCH_MAP_WRITABLE) && !(flags & ARCH_MAP_NO_EXECUTE))
        return "a page is writable and executable";
    if (!(flags & ARCH_MAP_USER))
        return "a user page is not user-accessible";
    return NULL;
}

static const char *check_task(const struct task *t)
{
    const char *broken = NULL;

    for (uint32_t slot = 0; slot < LAYOUT_IMAGE_COUNT && !broken; slot++)
        for (uint32_t p = 0; p < TASK_IMAGE_PAGES && !broken; p++)
            broken = check_page(t, LAYOUT_IMAGE_BASE + slot * LAYOUT_IMAGE_STRIDE + (vaddr_t)p * PAGE_SIZE,
                                slot == t->index ? t->image_page[p] : 0);
    for (uint32_t slot = 0; slot < LAYOUT_STACK_COUNT && !broken; slot++)
        for (uint32_t p = 0; p < LAYOUT_STACK_STRIDE / PAGE_SIZE && !broken; p++)
            broken = check_page(t, LAYOUT_STACK_BASE + slot * LAYOUT_STACK_STRIDE + (vaddr_t)p * PAGE_SIZE,
                                slot == t->index && p < TASK_STACK_PAGES ? t->stack_page[p] : 0);
    for (uint32_t i = 0; i < TASK_STACK_PAGES && !broken; i++)
        if (!frame_is_used(t->stack_page[i]))
            broken = "a stack frame is free";
    return broken;
}

#define TASK_FRAMES (TASK_IMAGE_PAGES + TASK_STACK_PAGES)

/* Frame `i` < TASK_FRAMES of a task's own memory; 0: there is none. */
static paddr_t frame_of(const struct task *t, uint32_t i)
{
    return i < TASK_IMAGE_PAGES ? t->image_page[i] : t->stack_page[i - TASK_IMAGE_PAGES];
}

static bool same_frame(const struct task *a, const struct task *b)
{
    for (uint32_t i = 0; i < TASK_FRAMES; i++)
        for (uint32_t k = 0; k < TASK_FRAMES; k++)
            if (frame_of(a, i) != 0 && frame_of(a, i) == frame_of(b, k))
                return true;
    return false;
}

static const char *check_grants_of(const struct task *t)
{
    uint32_t owner;

    for (uint32_t id = 0; id < CONFIG_GRANTS; id++) {
        vaddr_t va = LAYOUT_GRANT_BASE + (vaddr_t)id * LAYOUT_GRANT_STRIDE;
        bool mapped = arch_walk(&t->space, va, NULL, NULL) == STATUS_OK;

        if (mapped != ipc_grant_maps(id, t->index, &owner))
            return mapped ? "a grant page is mapped in a task without the grant" : "a grant page is not mapped";
    }
    return NULL;
}

static const char *task_check(void)
{
    const struct task_state *s = task_state();

    for (uint32_t i = 0; i < CONFIG_TASKS; i++) {
        const char *broken = NULL;

        if (!s->task[i].used || !s->task[i].thread)
            continue;
        broken = check_task(&s->task[i]);
        if (!broken && arch_cpu_count() == 1)
            broken = check_grants_of(&s->task[i]);
        for (uint32_t k = 0; k < i && !broken; k++)
            if (s->task[k].used && same_frame(&s->task[i], &s->task[k]))
                broken = "a frame belongs to two tasks";
        if (broken)
            return broken;
    }
    return NULL;
}

/* Of a machine that stands still. */
UNCHECKED_LOCKS static void task_hash(struct hash *hash)
{
    const struct task_state *s = task_state();

    for (uint32_t i = 0; i < CONFIG_TASKS; i++) {
        if (!s->task[i].used)
            continue;
        hash_u64(hash, (uint64_t)i << 32 | s->task[i].restarts);
        hash_u64(hash, s->task[i].last_beat);
        hash_u64(hash, s->task[i].heartbeat);
        hash_u64(hash, s->task[i].calls);
    }
    for (uint32_t i = 0; i < LAYOUT_DEVICE_COUNT; i++)
        hash_u64(hash, s->device_owner[i]);
}

static const char *task_leak(void)
{
    struct task_state *s = task_state();
    bool owned = false;

    task_lock();
    for (uint32_t i = 0; i < LAYOUT_DEVICE_COUNT; i++)
        owned = owned || s->device_owner[i] != THREAD_NONE;
    task_unlock();
    return owned ? "a device belongs to a dead task" : NULL;
}

const struct check_module task_check_module = {.name = "task", .check = task_check, .slow = true, .hash = task_hash, .leak = task_leak};
