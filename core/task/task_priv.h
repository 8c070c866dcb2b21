/* SPDX-License-Identifier: MIT */
/* State and inner interfaces of core/task. */
#pragma once
#include <diag/log.h>
#include <sync/spinlock.h>
#include <task/task.h>

struct task_state {
    struct spinlock lock;
    struct task task[CONFIG_TASKS];
    uint32_t count;                                  /* [I] slots in use */
    uint32_t ended GUARDED_BY(task_role);            /* [T] tasks that will never run again */
    uint16_t device_owner[LAYOUT_DEVICE_COUNT] GUARDED_BY(task_role); /* [T] THREAD_NONE: free */
    enum task_next (*gate)(struct task *task);       /* [I] */
    bool stop_on_fault;                              /* [I] */
    bool stopping GUARDED_BY(task_role);             /* [T] the machine is about to power off, */
    uint32_t stop_why, stop_code;                    /* [T] for this reason; immutable from then on */
    uint32_t exit_slot;                              /* [I] */
    struct manifest manifest;                        /* [I] as parsed; too large for a kernel stack */
    char where[64];                                  /* [I] what a refused image is refused for */
};

struct task_state *task_state(void);
UNCHECKED_LOCKS static inline void task_lock(void) TAKES_LOCK(task_role)
{
    spin_lock(&task_state()->lock);
}

UNCHECKED_LOCKS static inline void task_unlock(void) RELEASES_LOCK(task_role)
{
    spin_unlock(&task_state()->lock);
}

/** Validate the ELF, allocate pages and tables, and map them. Boot context. */
MUST_CHECK status_t task_image_create(struct task *task, uint64_t len, uint16_t machine);
/**
 * Fill pages from the image: all of them, or after a restart those the task could write. In bounded pieces. IO: a segment
 * cannot be read; some pages may be filled.
 */
MUST_CHECK status_t task_image_load(struct task *task, bool first);
/** The life of a task: entry of its thread. */
void task_main(void *arg);
/** Print the report of the fault in task->cause and task->trap. */
void task_report_fault(const struct task *task);
/** Begin to stop the machine for this reason. False: it is stopping already, for another one. No lock held. */
MUST_CHECK bool task_stop_begin(uint32_t why, uint32_t code);
/** Print the summary (the first who stops), flush the console and power off. After task_stop_begin(). No lock held. */
NORETURN void task_stop_finish(bool first);
/** Take back every device of a dead task. */
void task_devices_cleanup(struct task *task);
