/* SPDX-License-Identifier: MIT */
/* One system call on its way through the kernel. */
#pragma once
#include <abi/types.h>
#include <task/task.h>

struct sys_frame {
    struct task *task; /* the caller */
    uint64_t out[4];   /* payload words of the result, valid with STATUS_OK */
    uint32_t words;    /* how many of them the call returns */
    bool exit;         /* the caller asked to end */
};

/**
 * The gate: decode the call at the current task's trap, check its mask, run the body, write the result registers, and say
 * what becomes of the task. In the task's own context, no lock held.
 */
enum task_next sys_handle_call(struct task *task);
