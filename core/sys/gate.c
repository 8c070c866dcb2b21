/* SPDX-License-Identifier: MIT */
/*
 * The only way in from user mode. The order is the security argument: mask first, then bounds (generated from the table),
 * then the body; what the table does not know never reaches a body.
 */
#include <sys/frame.h>

#include <abi/aegis_calls.h>
#include <abi/aegis_nr.h>
#include <abi/status.h>
#include <arch/atomic.h>
#include <cap/cap.h>
#include <diag/counters.h>
#include <diag/log.h>
#include <diag/trace.h>

#include "gen/aegis_dispatch.inc"

static void record(struct task *t, const struct arch_call *call)
{
    t->last[t->calls % TASK_LAST_CALLS] =
        (struct task_call){.nr = call->nr, .target = call->target, .w0 = call->w[0], .status = STATUS_OK};
    t->calls++;
}

/* X01, X42: the unknown is denied, and every denial says by name what it would have needed. */
static enum task_next deny(struct task *t, const struct arch_call *call, bool known, uint32_t need)
{
    char names[CAP_NAMES_MAX];
    struct log_builder line;

    arch_counter_add(&counters_get()->denied, 1);
    log_begin(&line, LOG_WARN);
    task_breathe();
    task_log_add(&line, "[aegis] CAP DENIED: task %u ", t->index);
    task_log_add(&line, "syscall #%lu ", (unsigned long)call->nr);
    if (known) {
        cap_names(need, names, sizeof(names));
        task_breathe();
        task_log_add(&line, "needs %s", names);
    } else {
        task_log_add(&line, "target %lu does not exist", (unsigned long)call->target);
    }
    task_log_end(&line);
    t->cause = known ? TASK_CAUSE_DENIED : TASK_CAUSE_UNKNOWN_CALL;
    t->last[(t->calls - 1) % TASK_LAST_CALLS].status = ERR_ACCESS_DENIED;
    return TASK_FAULT;
}

/* Every call answers in payload word 0: its result, 0 without one, or the error code of the static task ABI. */
static void answer(struct task *t, const struct arch_call *call, struct sys_frame *f, status_t status)
{
    if (status != STATUS_OK)
        f->out[0] = status_aegis_code(status);
    if (status != STATUS_OK || f->words == 0)
        f->words = 1;
    t->last[(t->calls - 1) % TASK_LAST_CALLS].status = status;
    if (arch_trace_wanted(TRACE_RETURN))
        trace_send_words(TRACE_RETURN, t->index, call->nr, (uint64_t)(int64_t)status, f->out, f->words);
    arch_user_set_result(&t->thread->user, status, f->out, f->words);
}

enum task_next sys_handle_call(struct task *task)
{
    struct sys_frame frame = {.task = task};
    struct arch_call call;
    uint32_t need = 0;
    bool known;
    status_t status;

    arch_user_get_call(&task->thread->user, &call);
    arch_counter_add(&counters_get()->calls, 1);
    record(task, &call);
    if (arch_trace_wanted(TRACE_CALL))
        trace_send_words(TRACE_CALL, task->index, call.nr, call.target, call.w, 4);
    known = cap_for_syscall(call.nr, call.target, &need);
    if (UNLIKELY(!known || !cap_check(task->config.caps, need)))
        return deny(task, &call, known, need);
    status = aegis_dispatch(&call, &frame);
    if (UNLIKELY(frame.exit))
        return TASK_EXIT;
    answer(task, &call, &frame, status);
    return TASK_CONTINUE;
}
