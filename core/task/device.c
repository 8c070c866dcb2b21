/* SPDX-License-Identifier: MIT */
/* Devices in the hands of tasks: one owner at a time, registers mapped (or ports opened) only for it. */
#include "task_priv.h"

#include <abi/status.h>
#include <arch/discovery.h>
#include <diag/panic.h>

/*
 * A window is mapped without the lock under which grants of the same space come and go. Both only write entries of their
 * own: everything that tasks own lies in one last-level table of 512 pages, which the boot has made.
 */
_Static_assert(LAYOUT_STACK_BASE % (512 * PAGE_SIZE) == 0 && LAYOUT_DEVICE_BASE > LAYOUT_STACK_BASE &&
                   LAYOUT_GRANT_BASE > LAYOUT_STACK_BASE &&
                   LAYOUT_IMAGE_BASE + LAYOUT_IMAGE_COUNT * LAYOUT_IMAGE_STRIDE - LAYOUT_STACK_BASE <= 512 * PAGE_SIZE,
               "stacks, grants, devices and programs share one last-level table");

static vaddr_t window_va(uint64_t dev)
{
    return LAYOUT_DEVICE_BASE + dev * LAYOUT_DEVICE_STRIDE;
}

static status_t claim(struct task *t, uint64_t dev, bool *already)
{
    struct task_state *s = task_state();
    status_t status = STATUS_OK;

    task_lock();
    *already = s->device_owner[dev] == t->index;
    if (!*already && s->device_owner[dev] != THREAD_NONE)
        status = ERR_DEVICE_IN_USE;
    else
        s->device_owner[dev] = (uint16_t)t->index;
    task_unlock();
    return status;
}

static bool owns(const struct task *t, uint64_t dev)
{
    struct task_state *s = task_state();
    bool yes;

    task_lock();
    yes = s->device_owner[dev] == t->index;
    task_unlock();
    return yes;
}

static void disown(uint64_t dev)
{
    struct task_state *s = task_state();

    task_lock();
    s->device_owner[dev] = THREAD_NONE;
    task_unlock();
}

static status_t open_registers(struct task *t, uint64_t dev, const struct arch_device *d)
{
    if (d->port) {
        arch_user_allow_ports(&t->thread->user, (uint32_t)d->base, d->size, true);
        return STATUS_OK;
    }
    return arch_map_page(&t->space, window_va(dev), d->base / PAGE_SIZE * PAGE_SIZE,
                         ARCH_MAP_USER | ARCH_MAP_WRITABLE | ARCH_MAP_NOCACHE | ARCH_MAP_NO_EXECUTE);
}

status_t task_device_map(struct task *task, uint64_t dev, uint64_t w[4])
{
    struct arch_device d;
    bool already;
    status_t status;

    if (dev >= LAYOUT_DEVICE_COUNT || arch_device_get((uint32_t)dev, &d) != STATUS_OK)
        return ERR_DEVICE_INVALID;
    status = claim(task, dev, &already);
    if (status != STATUS_OK)
        return status;
    if (!already) {
        status = open_registers(task, dev, &d);
        if (status != STATUS_OK) {
            disown(dev);
            return status;
        }
    }
    w[0] = 0;
    w[1] = d.kind;
    w[2] = d.port ? d.base : window_va(dev) + d.base % PAGE_SIZE;
    w[3] = d.stride;
    return STATUS_OK;
}

void task_devices_cleanup(struct task *task)
{
    for (uint32_t dev = 0; dev < LAYOUT_DEVICE_COUNT; dev++) {
        struct arch_device d;

        if (!owns(task, dev) || arch_device_get(dev, &d) != STATUS_OK)
            continue;
        if (d.port) {
            arch_user_allow_ports(&task->thread->user, (uint32_t)d.base, d.size, false);
        } else {
            status_t status = arch_unmap_page(&task->space, window_va(dev));

            ASSERT(status == STATUS_OK);
        }
        disown(dev);
    }
}
